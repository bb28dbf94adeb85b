namespace EmbeddedTcp.Boards;

/// <summary>An ESP32-DevKitC with an ENC28J60 module on jumper wires. README.md has the drawing, and what to know about its power.</summary>
public static class Board
{
    /// <summary>What is connected where.</summary>
    public static Esp32Board Create()
    {
        return new Esp32Board
        {
            Name = "ESP32-DevKitC with ENC28J60",

            // A switch that negotiates finds half duplex. FullDuplex is for a port that was set to 10 Mbit/s, full duplex, by hand.
            Chip = Esp32Board.Enc28j60,

            // VSPI on its direct pins. 20 MHz is the chip's limit; 8 MHz for long wires, and not less for revisions B1 and B4.
            SpiBus = 2,
            SpiClock = 20000000,
            Mosi = 23,
            Miso = 19,
            Sclk = 18,
            ChipSelect = 5,

            // Either line may be left out: Esp32Board.NotConnected.
            Interrupt = 4,
            Reset = 27,

            // The DevKitC has no lamp of its own; many copies of it have one on GPIO 2.
            Led = Esp32Board.NotConnected,

            ConsolePort = 2,
            ConsoleTransmit = 33,
            ConsoleReceive = 32,

            Stack = new StackOptions
            {
                Address = 0xC0A80132, // 192.168.1.50
                PrefixLength = 24,
                Gateway = 0xC0A80101, // 192.168.1.1
            },
        };
    }
}
