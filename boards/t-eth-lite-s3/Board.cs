namespace EmbeddedTcp.Boards;

/// <summary>LILYGO T-ETH-Lite-ESP32S3: an ESP32-S3-WROOM-1 with a W5500 on the board.</summary>
public static class Board
{
    /// <summary>What is connected where.</summary>
    public static Esp32Board Create()
    {
        return new Esp32Board
        {
            Name = "LILYGO T-ETH-Lite-S3",
            SpiBus = 1,
            SpiClock = 20000000,
            Mosi = 12,
            Miso = 11,
            Sclk = 10,
            ChipSelect = 9,
            Interrupt = 13,
            Reset = 14,
            Led = Esp32Board.NotConnected,

            ConsolePort = 2,
            ConsoleTransmit = 2,
            ConsoleReceive = 1,

            Stack = new StackOptions
            {
                Address = 0xC0A80132, // 192.168.1.50
                PrefixLength = 24,
                Gateway = 0xC0A80101, // 192.168.1.1
            },
        };
    }
}
