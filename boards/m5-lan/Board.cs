namespace EmbeddedTcp.Boards;

/// <summary>An M5Core (Basic, Gray, Fire) on the M5Stack LAN Base. README.md says why its own firmware image must not be used.</summary>
public static class Board
{
    // The LAN Module 13.2 is wired differently: chip select 5, reset 0, interrupt 35.
    private const int LanBaseSelect = 26;
    private const int LanBaseReset = 13;
    private const int LanBaseInterrupt = 34;
    private const int DisplaySelect = 14;
    private const int CardSelect = 4;

    /// <summary>What is connected where.</summary>
    public static Esp32Board Create()
    {
        return new Esp32Board
        {
            Name = "M5Core with LAN Base",

            // The bus also leads to the display and to the card slot.
            SpiBus = 2,
            SpiClock = 20000000,
            Mosi = 23,
            Miso = 19,
            Sclk = 18,
            ChipSelect = LanBaseSelect,
            Interrupt = LanBaseInterrupt,
            Reset = LanBaseReset,
            HeldHigh = new int[] { DisplaySelect, CardSelect },
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
