using EmbeddedTcp.ChipModels;
using EmbeddedTcp.ChipModels.W5500;
using EmbeddedTcp.Drivers.W5500;

namespace EmbeddedTcp.Bench;

/// <summary>What a frame costs on the SPI bus: transactions, bytes and time, by the account of the model's bus.</summary>
internal sealed class SpiTable
{
    private const int Frames = 200;
    private const int Backlog = 10;
    private static readonly byte[] Mac = { 0x02, 0x12, 0x34, 0x56, 0x78, 0x9A };

    private readonly W5500Model _chip = new W5500Model();
    private readonly ModelSpiBus _bus;
    private readonly W5500Driver _driver;

    private SpiTable()
    {
        _bus = new ModelSpiBus(_chip);
        _driver = new W5500Driver(_bus);
        _chip.Cable = new Nowhere();
        if (!_driver.Open(Mac))
        {
            throw new InvalidOperationException(_driver.Error);
        }

        for (int i = 0; i < 20; i++)
        {
            Pass(50000);
            _driver.Receive();
        }

        if (!_driver.LinkUp)
        {
            throw new InvalidOperationException("no link");
        }
    }

    internal static void Print()
    {
        SpiTable first = new SpiTable();
        Console.WriteLine(
            $"W5500 on its model, SPI at {first._chip.ClockHz / 1000000} MHz, {first._bus.OverheadNanoseconds / 1000.0} us a transaction, interrupt line wired");
        Console.WriteLine($"{"",-34}{"transactions",14}{"bytes",10}{"overhead",11}{"us on the bus",15}");
        foreach (int length in new[] { 64, 1514 })
        {
            new SpiTable().Receive(length, 1, "received alone");
            new SpiTable().Receive(length, Backlog, $"received, backlog of {Backlog}");
            new SpiTable().Send(length, 3000000, "sent alone");
            new SpiTable().Send(length, 0, "sent back to back");
        }

        new SpiTable().Idle(true);
        new SpiTable().Idle(false);
    }

    private void Receive(int length, int backlog, string what)
    {
        byte[] frame = Frame(length);
        _bus.ResetCounters();
        int received = 0;
        for (int i = 0; i < Frames; i += backlog)
        {
            for (int k = 0; k < backlog; k++)
            {
                if (!_chip.Deliver(frame, 0, length))
                {
                    throw new InvalidOperationException("the chip did not take the frame");
                }
            }

            while (_driver.Receive() != 0)
            {
                received++;
            }

            _chip.Spend(1000);
        }

        Row(what, length, received);
    }

    private void Send(int length, int pauseNanoseconds, string what)
    {
        byte[] frame = Frame(length);
        _bus.ResetCounters();
        int sent = 0;
        for (int attempt = 0; sent < Frames && attempt < 100 * Frames; attempt++)
        {
            frame.CopyTo(_driver.TxBuffer, _driver.TxOffset);
            if (_driver.Send(length))
            {
                sent++;
            }

            if (pauseNanoseconds > 0)
            {
                _chip.Spend(pauseNanoseconds);
            }
        }

        Row(what, length, sent);
    }

    private void Idle(bool interruptLine)
    {
        _bus.InterruptWired = interruptLine;
        _bus.ResetCounters();
        for (int i = 0; i < Frames; i++)
        {
            _driver.Receive();
        }

        Console.WriteLine(
            $"{(interruptLine ? "idle poll, interrupt line" : "idle poll, no interrupt line"),-34}{_bus.Transactions / (double)Frames,14:F2}{_bus.Bytes / (double)Frames,10:F1}"
            + $"{"",11}{_bus.BusyNanoseconds / 1000.0 / Frames,15:F1}");
    }

    private void Row(string what, int length, int frames)
    {
        if (frames != Frames || _chip.Violations != 0)
        {
            throw new InvalidOperationException($"{what}: {frames} of {Frames} frames, {_chip.Violations} violations of the data sheet");
        }

        double bytes = _bus.Bytes / (double)frames;
        Console.WriteLine(
            $"{$"{length} bytes {what}",-34}{_bus.Transactions / (double)frames,14:F2}{bytes,10:F1}{(bytes / length) - 1,11:P1}{_bus.BusyNanoseconds / 1000.0 / frames,15:F1}");
    }

    // The driver is told a standing clock while a row is taken, so that its periodic check stays out of the account.
    private void Pass(int microseconds)
    {
        _chip.AdvanceTo(_chip.NowMicroseconds + microseconds);
        _driver.NowMs = (int)(_chip.NowMicroseconds / 1000);
    }

    private static byte[] Frame(int length)
    {
        byte[] frame = new byte[length];
        new Random(length).NextBytes(frame);
        Mac.CopyTo(frame, 0);
        frame[6] = 0x02;
        frame[12] = 0x08;
        frame[13] = 0x00;
        return frame;
    }

    private sealed class Nowhere : CableEnd
    {
        public override void Transmitted(byte[] frame, int offset, int length)
        {
        }
    }
}
