namespace EmbeddedTcp.Boards;

/// <summary>
/// A board in one object: where the chip is connected, where the console is, and what the station is called on the network.
/// Whoever makes a board of their own fills in one of these.
/// </summary>
/// <remarks>Pins are GPIO numbers of the ESP32, as nanoFramework counts them; −1 is a line that is not connected.</remarks>
public sealed class Esp32Board
{
    /// <summary>A line that is not connected.</summary>
    public const int NotConnected = -1;

    /// <summary><see cref="Chip"/>: a WIZnet W5500.</summary>
    public const int W5500 = 0;

    /// <summary><see cref="Chip"/>: a Microchip ENC28J60.</summary>
    public const int Enc28j60 = 1;

    /// <summary>The board's name for people, at most 48 characters.</summary>
    public string Name { get; set; } = "ESP32 board";

    /// <summary>The Ethernet controller: <see cref="W5500"/> or <see cref="Enc28j60"/>.</summary>
    public int Chip { get; set; } = W5500;

    /// <summary>ENC28J60: full duplex, right only where the switch port was set to 10 Mbit/s and full duplex by hand.</summary>
    public bool FullDuplex { get; set; }

    /// <summary>
    /// The SPI bus: 1 or 2. On the ESP32, bus 2 is the one whose direct pins are GPIO 18, 19 and 23 (VSPI); through other pins a
    /// bus is good for about 26 MHz.
    /// </summary>
    public int SpiBus { get; set; } = 2;

    /// <summary>
    /// SPI clock in hertz, 1,000,000 to 80,000,000; an ENC28J60 takes 20,000,000 at most. What the wires allow: 20 MHz over jumper wires,
    /// 8 MHz over long ones. A driver whose self-test fails lowers it and says so.
    /// </summary>
    public int SpiClock { get; set; } = 20000000;

    /// <summary>Master out, slave in.</summary>
    public int Mosi { get; set; } = NotConnected;

    /// <summary>Master in, slave out.</summary>
    public int Miso { get; set; } = NotConnected;

    /// <summary>Serial clock.</summary>
    public int Sclk { get; set; } = NotConnected;

    /// <summary>The chip's select line, active low.</summary>
    public int ChipSelect { get; set; } = NotConnected;

    /// <summary>The chip's interrupt line, active low; optional: without it the chip is asked every <see cref="PollInterval"/>.</summary>
    public int Interrupt { get; set; } = NotConnected;

    /// <summary>The chip's reset line, active low; optional: without it the chip is reset by a command.</summary>
    public int Reset { get; set; } = NotConnected;

    /// <summary>Pins to be driven high before the bus is used: select lines of others on the same bus, a power switch.</summary>
    public int[] HeldHigh { get; set; } = new int[0];

    /// <summary>A lamp that is lit while the chip has a link; optional.</summary>
    public int Led { get; set; } = NotConnected;

    /// <summary>True when the lamp is lit by a low level.</summary>
    public bool LedActiveLow { get; set; }

    /// <summary>The console's port: 2 or 3 (COM1 is the debugger's), or 0 for none.</summary>
    public int ConsolePort { get; set; }

    /// <summary>Where the console's UART sends.</summary>
    public int ConsoleTransmit { get; set; } = NotConnected;

    /// <summary>Where the console's UART listens.</summary>
    public int ConsoleReceive { get; set; } = NotConnected;

    /// <summary>The console's speed in bits per second.</summary>
    public int ConsoleBaud { get; set; } = 115200;

    /// <summary>
    /// The longest sleep between two looks at the chip, in milliseconds, 1 to 1,000. With an interrupt line this is the safety net
    /// for a lost edge; without one it is how late every frame is noticed.
    /// </summary>
    public int PollInterval { get; set; } = 20;

    /// <summary>TCP port of a second console, 0 for none. No password, no encryption: not for a network with strangers on it.</summary>
    public int NetworkConsolePort { get; set; }

    /// <summary>The station's Ethernet address, six bytes; null for one that is derived from the ESP32's own.</summary>
    public byte[] MacAddress { get; set; }

    /// <summary>
    /// True asks a DHCP server for address, prefix and gateway, in place of those in <see cref="Stack"/>; while none answers, a link-local
    /// address is used. Takes about 7 KB of RAM for UDP.
    /// </summary>
    public bool Dhcp { get; set; }

    /// <summary>
    /// With <see cref="Dhcp"/>: while no server answers, the address, prefix and gateway in <see cref="Stack"/> are used in place of a link-local address.
    /// </summary>
    public bool StaticFallback { get; set; }

    /// <summary>The name given to DHCP servers, and by which NAME.local is found; null for none.</summary>
    public string HostName { get; set; }

    /// <summary>Entries of the trace that the console's trace and fsm show, at 112 bytes each, up to 4,096; 0 for none.</summary>
    public int TraceEntries { get; set; }

    /// <summary>
    /// The program of firmware/samples that runs beside the standard services, such as echo or telemetry; null for none. <c>-p:App=NAME</c> at the build
    /// overrides it.
    /// </summary>
    public string App { get; set; }

    /// <summary>The server that this program talks to, as an address or a name; null for the gateway.</summary>
    public string AppServer { get; set; }

    /// <summary>That server's port, or the port the program listens on; 0 for the program's own choice.</summary>
    public int AppPort { get; set; }

    /// <summary>A lamp or relay that the program may switch, lit by a high level; optional.</summary>
    public int Output { get; set; } = NotConnected;

    /// <summary>The stack's addresses, sizes and limits. The Ethernet address and the boot secret are filled in at start.</summary>
    public StackOptions Stack { get; set; } = new StackOptions();

    /// <summary>Looks for what cannot work.</summary>
    /// <returns>Null, or what is wrong as a sentence.</returns>
    public string Check()
    {
        if (SpiBus != 1 && SpiBus != 2)
        {
            return "SpiBus is " + SpiBus.ToString() + "; there are 1 and 2";
        }

        if (SpiClock < 1000000 || SpiClock > 80000000)
        {
            return "SpiClock is " + SpiClock.ToString() + "; 1,000,000 to 80,000,000 will do";
        }

        if (Chip != W5500 && Chip != Enc28j60)
        {
            return "Chip is " + Chip.ToString() + "; there are Esp32Board.W5500 and Esp32Board.Enc28j60";
        }

        if (Chip == Enc28j60 && SpiClock > 20000000)
        {
            return "SpiClock is " + SpiClock.ToString() + "; an ENC28J60 takes 20,000,000 at most";
        }

        if (ConsolePort != 0 && ConsolePort != 2 && ConsolePort != 3)
        {
            return "ConsolePort is " + ConsolePort.ToString() + "; 2 and 3 can be used, 0 is none, 1 is the debugger's";
        }

        if (PollInterval < 1 || PollInterval > 1000)
        {
            return "PollInterval is " + PollInterval.ToString() + "; 1 to 1,000 ms will do";
        }

        if (AppPort < 0 || AppPort > 65535)
        {
            return "AppPort is " + AppPort.ToString() + "; 0 to 65,535 will do";
        }

        if (MacAddress != null && (MacAddress.Length != 6 || (MacAddress[0] & 1) != 0))
        {
            return "MacAddress must be six bytes, the first one even";
        }

        return CheckPins();
    }

    private string CheckPins()
    {
        string[] names = new string[] { "Mosi", "Miso", "Sclk", "ChipSelect", "Interrupt", "Reset", "Led", "Output", "ConsoleTransmit", "ConsoleReceive" };
        int[] pins = new int[] { Mosi, Miso, Sclk, ChipSelect, Interrupt, Reset, Led, Output, ConsoleTransmit, ConsoleReceive };
        int needed = ConsolePort == 0 ? 4 : pins.Length;
        for (int i = 0; i < pins.Length; i++)
        {
            bool optional = i >= 4 && (i < 8 || needed == 4);
            if (pins[i] < (optional ? NotConnected : 0) || pins[i] > 48)
            {
                return names[i] + " is " + pins[i].ToString() + ", which is no GPIO";
            }

            for (int j = 0; j < i; j++)
            {
                if (pins[i] != NotConnected && pins[i] == pins[j])
                {
                    return names[i] + " and " + names[j] + " are both GPIO " + pins[i].ToString();
                }
            }

            for (int j = 0; j < HeldHigh.Length; j++)
            {
                if (pins[i] == HeldHigh[j])
                {
                    return names[i] + " is GPIO " + pins[i].ToString() + ", which is held high";
                }
            }
        }

        return null;
    }
}
