using EmbeddedTcp.ChipModels;
using EmbeddedTcp.ChipModels.Enc28j60;
using EmbeddedTcp.Drivers.Enc28j60;
using EmbeddedTcp.DriverTests.W5500;

namespace EmbeddedTcp.DriverTests.Enc28j60;

/// <summary>A driver on a model, with a cable whose far end remembers every frame.</summary>
internal sealed class EncRig
{
    public static readonly byte[] Mac = [0x02, 0x12, 0x34, 0x56, 0x78, 0x9A];

    public readonly Enc28j60Model Chip;
    public readonly ModelSpiBus Bus;
    public readonly Enc28j60Driver Driver;
    public readonly FarEnd Wire = new();

    /// <summary>The driver is told the same time for ever, so that its periodic check stays out of the account.</summary>
    public bool ClockStands;

    /// <summary>What the clock of the polls shows when the chip's is at 0; it starts anywhere and wraps.</summary>
    public int ClockOffset;

    public EncRig(int revision = Enc28j60Errata.B7)
    {
        Chip = new Enc28j60Model(revision);
        Bus = new ModelSpiBus(Chip);
        Driver = new Enc28j60Driver(Bus);
        Chip.Cable = Wire;
    }

    /// <summary>A rig whose chip has a link and whose driver is open and has nothing to do.</summary>
    public static EncRig Opened(int revision = Enc28j60Errata.B7)
    {
        var rig = new EncRig(revision);
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
        for (int i = 0; i < 500; i++)
        {
            if (Send(frame))
            {
                return;
            }

            Pass(1);
        }

        Assert.Fail("the driver refused for 500 ms");
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
    public static byte[] Frame(int length, int number) => Rig.Frame(length, number);
}
