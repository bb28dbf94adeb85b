using EmbeddedTcp.ChipModels;
using EmbeddedTcp.ChipModels.W5500;
using EmbeddedTcp.Drivers.W5500;

namespace EmbeddedTcp.DriverTests.W5500;

/// <summary>A driver on a model, with a cable whose far end remembers every frame.</summary>
internal sealed class Rig
{
    public static readonly byte[] Mac = [0x02, 0x12, 0x34, 0x56, 0x78, 0x9A];

    public readonly W5500Model Chip = new();
    public readonly ModelSpiBus Bus;
    public readonly W5500Driver Driver;
    public readonly FarEnd Wire = new();

    /// <summary>The driver is told the same time for ever, so that its periodic check stays out of the account.</summary>
    public bool ClockStands;

    /// <summary>What the clock of the polls shows when the chip's is at 0; it starts anywhere and wraps.</summary>
    public int ClockOffset;

    public Rig(int receiveBufferSize = W5500Driver.DefaultReceiveBufferSize)
    {
        Bus = new ModelSpiBus(Chip);
        Driver = new W5500Driver(Bus, receiveBufferSize);
        Chip.Cable = Wire;
    }

    /// <summary>A rig whose chip has a link and whose driver is open and has nothing to do.</summary>
    public static Rig Opened(int receiveBufferSize = W5500Driver.DefaultReceiveBufferSize)
    {
        var rig = new Rig(receiveBufferSize);
        rig.OpenWithLink();
        return rig;
    }

    public void OpenWithLink()
    {
        Assert.IsTrue(Driver.Open(Mac), Driver.Error);
        Settle();
        Assert.IsTrue(Driver.LinkUp);
        Bus.ResetCounters();
    }

    /// <summary>Lets time pass until the link is up and the driver knows.</summary>
    public void Settle()
    {
        for (int i = 0; i < 20; i++)
        {
            Pass(50);
            Assert.AreEqual(0, Driver.Receive());
        }
    }

    public void Pass(int milliseconds)
    {
        Chip.AdvanceTo(Chip.NowMicroseconds + milliseconds * 1000L);
        Tick();
    }

    /// <summary>Tells the driver the time, as the engine does at each poll.</summary>
    public void Tick()
    {
        if (!ClockStands)
        {
            Driver.NowMs = unchecked((int)(Chip.NowMicroseconds / 1000 + ClockOffset));
        }
    }

    public bool Deliver(byte[] frame) => Chip.Deliver(frame, 0, frame.Length);

    public bool Send(byte[] frame)
    {
        Tick();
        frame.CopyTo(Driver.TxBuffer, Driver.TxOffset);
        return Driver.Send(frame.Length);
    }

    /// <summary>Sends, polling at intervals of a millisecond for as long as the driver refuses.</summary>
    public void SendForSure(byte[] frame)
    {
        for (int i = 0; i < 100; i++)
        {
            if (Send(frame))
            {
                return;
            }

            Pass(1);
        }

        Assert.Fail("the driver refused for 100 ms");
    }

    public byte[]? Receive()
    {
        Tick();
        int length = Driver.Receive();
        return length == 0 ? null : Driver.RxBuffer.AsSpan(Driver.RxOffset, length).ToArray();
    }

    public List<byte[]> ReceiveAll()
    {
        var frames = new List<byte[]>();
        while (Receive() is { } frame)
        {
            frames.Add(frame);
        }

        return frames;
    }

    /// <summary>A frame for our station, every byte of which depends on its number.</summary>
    public static byte[] Frame(int length, int number)
    {
        var frame = new byte[length];
        new Random(number).NextBytes(frame);
        Mac.CopyTo(frame, 0);
        frame[6] = 0x02;
        frame[12] = 0x08;
        frame[13] = 0x00;
        return frame;
    }
}

internal sealed class FarEnd : CableEnd
{
    public readonly List<byte[]> Frames = [];

    public override void Transmitted(byte[] frame, int offset, int length)
    {
        Frames.Add(frame.AsSpan(offset, length).ToArray());
    }
}
