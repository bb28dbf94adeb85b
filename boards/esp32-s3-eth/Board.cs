namespace EmbeddedTcp.Boards;

/// <summary>Waveshare ESP32-S3-ETH: an ESP32-S3R8 with a W5500 on the board.</summary>
public static class Board
{
    /// <summary>What is connected where.</summary>
    public static Esp32Board Create()
    {
        return new Esp32Board
        {
            Name = "Waveshare ESP32-S3-ETH",
            SpiBus = 1,
            SpiClock = 20000000,
            Mosi = 11,
            Miso = 12,
            Sclk = 13,
            ChipSelect = 14,
            Interrupt = 10,
            Reset = 9,

            // The lamp on the board is a WS2812, which takes more than a level.
            Led = Esp32Board.NotConnected,

            ConsolePort = 2,
            ConsoleTransmit = 17,
            ConsoleReceive = 16,

            Stack = new StackOptions
            {
                Address = 0xC0A80132, // 192.168.1.50
                PrefixLength = 24,
                Gateway = 0xC0A80101, // 192.168.1.1
            },
        };
    }
}
