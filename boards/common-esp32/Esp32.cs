using System;
using System.Device.Gpio;
using System.Threading;
using EmbeddedTcp.App;
using EmbeddedTcp.Samples;
using EmbeddedTcp.Wire;
using nanoFramework.Runtime.Native;

namespace EmbeddedTcp.Boards;

/// <summary>Boots a board: takes its pins, starts the firmware, and keeps the device running whatever happens.</summary>
public static class Esp32
{
    // A board that cannot start says why again and again, for whoever connects a terminal later; then it tries anew.
    private const int ComplainTimes = 6;
    private const int ComplainEveryMs = 10000;

    /// <summary>Runs the firmware of a board. Does not return: the end of the firmware is a reboot.</summary>
    /// <param name="board">The board.</param>
    /// <param name="app">The program of firmware/samples that the build asked for; null for <see cref="Esp32Board.App"/>.</param>
    public static void Run(Esp32Board board, string app)
    {
        if (app != null)
        {
            board.App = app;
        }

        DebugPort log = new DebugPort();
        try
        {
            string mistake = board.Check();
            if (mistake == null && board.App != null && !SampleList.Has(board.App))
            {
                mistake = "App is '" + board.App + "'; there are " + SampleList.Names;
            }

            if (mistake != null)
            {
                Complain(log, "Board.cs: " + mistake);
            }
            else
            {
                Start(board, log);
            }
        }
        catch (Exception e)
        {
            Complain(log, "the board cannot start: " + e.GetType().FullName + ": " + e.Message);
        }

        Thread.Sleep(500); // The last words leave the UARTs.
        Power.RebootDevice();
    }

    private static void Start(Esp32Board board, TextOutput log)
    {
        GpioController gpio = new GpioController();
        Esp32Terminal terminal = OpenTerminal(board, log);
        Esp32SpiBus bus = new Esp32SpiBus(board, gpio);
        TextOutput console = terminal == null ? log : terminal;
        TextOutput second = terminal == null ? new NoOutput() : log;
        byte[] mac = ChooseMacAddress(board, log);
        Firmware firmware = new Firmware(board, bus, mac, ChipIdentity.RandomBytes(16), console, second);
        if (terminal != null)
        {
            Shell shell = firmware.Application.Shell;
            shell.Prompt = "> ";
            shell.Editor.Echo = true;
            shell.ExitSummary = "the same as reboot";
            terminal.Shell = shell;
            terminal.WakeOnInput(firmware);
            firmware.Loop.Add(terminal);
        }

        if (board.Led != Esp32Board.NotConnected)
        {
            firmware.Loop.Add(new LinkLamp(gpio.OpenPin(board.Led, PinMode.Output), board.LedActiveLow, firmware.Net.Device));
        }

        if (board.App != null)
        {
            firmware.Application.Install(CreateApp(board, gpio, firmware));
        }

        bus.WakeOnInterrupt(firmware);
        firmware.Run();
    }

    private static BoardApp CreateApp(Esp32Board board, GpioController gpio, Firmware firmware)
    {
        SampleSettings settings = new SampleSettings();
        settings.Server = board.AppServer;
        settings.Port = board.AppPort;
        if (board.Output != Esp32Board.NotConnected)
        {
            settings.Output = new GpioOutput(gpio.OpenPin(board.Output, PinMode.Output));
        }

        return SampleList.Create(board.App, settings);
    }

    // The console is a comfort: without it the board still serves.
    private static Esp32Terminal OpenTerminal(Esp32Board board, TextOutput log)
    {
        if (board.ConsolePort == 0)
        {
            return null;
        }

        try
        {
            return new Esp32Terminal(board);
        }
        catch (Exception e)
        {
            log.WriteLine("warning: no console on COM" + board.ConsolePort.ToString() + ": " + e.GetType().FullName + ": " + e.Message);
            return null;
        }
    }

    private static byte[] ChooseMacAddress(Esp32Board board, TextOutput log)
    {
        if (board.MacAddress != null)
        {
            return board.MacAddress;
        }

        byte[] mac = MacAddressRule.Derive(ChipIdentity.ReadMacAddress());
        if (mac == null)
        {
            mac = ChipIdentity.RandomBytes(6);
            mac[0] = (byte)((mac[0] & 0xFC) | 2);
            log.WriteLine("warning: the chip does not tell its address; a random one until the next boot: " + MacAddress.Format(mac, 0));
        }

        return mac;
    }

    private static void Complain(TextOutput log, string what)
    {
        for (int i = 0; i < ComplainTimes; i++)
        {
            log.WriteLine("error: " + what);
            Thread.Sleep(ComplainEveryMs);
        }
    }
}
