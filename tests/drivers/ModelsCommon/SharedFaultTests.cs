using EmbeddedTcp.ChipModels;
using EmbeddedTcp.ChipModels.Enc28j60;
using EmbeddedTcp.ChipModels.W5500;

namespace EmbeddedTcp.DriverTests.ModelsCommon;

/// <summary>The faults that any modelled chip can have, on each of them.</summary>
[TestClass]
public sealed class SharedFaultTests
{
    private const string W5500 = "W5500", Enc28j60 = "ENC28J60";

    [TestMethod]
    [DataRow(W5500)]
    [DataRow(Enc28j60)]
    public void Each_name_is_a_switch_and_no_other(string name)
    {
        ChipModel chip = Make(name);
        string[] names = chip.Faults.Names.Split(' ');
        Assert.AreEqual(names.Length, names.Distinct().Count());
        foreach (string fault in names)
        {
            Assert.IsTrue(chip.Faults.Set(fault, 1), fault);
        }

        Assert.IsFalse(chip.Faults.Set("gremlins", 1));
    }

    [TestMethod]
    [DataRow(W5500, 0x00)]
    [DataRow(Enc28j60, 0xFF)]
    public void Absent_chip_shows_a_level(string name, int level)
    {
        ChipModel chip = Make(name);
        chip.Faults.Set("absent", level);
        Assert.IsTrue(Register(chip).All(b => b == level));
        Assert.IsFalse(chip.InterruptAsserted);
    }

    [TestMethod]
    [DataRow(W5500)]
    [DataRow(Enc28j60)]
    public void Dead_chip_answers_no_more_and_no_reset_helps(string name)
    {
        ChipModel chip = Make(name);
        chip.Faults.Set("die", 10);
        int good = Identity(chip);
        chip.Spend(9_900_000);
        Assert.AreEqual(good, Identity(chip));
        chip.Spend(200_000);
        Assert.AreEqual(0xFF, Identity(chip));
        chip.SetReset(true);
        chip.Spend(1_000_000);
        chip.SetReset(false);
        chip.Spend(10_000_000);
        Assert.AreEqual(0xFF, Identity(chip));
    }

    [TestMethod]
    [DataRow(W5500)]
    [DataRow(Enc28j60)]
    public void Revision_can_be_another(string name)
    {
        ChipModel chip = Make(name);
        chip.Faults.Set("revision", 0x51);
        Assert.AreEqual(0x51, Identity(chip));
    }

    [TestMethod]
    [DataRow(W5500, "miso-flips")]
    [DataRow(W5500, "mosi-flips")]
    [DataRow(W5500, "lost-clocks")]
    [DataRow(W5500, "extra-clocks")]
    [DataRow(Enc28j60, "miso-flips")]
    [DataRow(Enc28j60, "mosi-flips")]
    [DataRow(Enc28j60, "lost-clocks")]
    [DataRow(Enc28j60, "extra-clocks")]
    public void A_disturbed_bus_garbles_some_frames_and_a_seed_says_which(string name, string fault)
    {
        int[] first = Disturbed(name, fault, 1);
        CollectionAssert.AreEqual(first, Disturbed(name, fault, 1));
        CollectionAssert.AreNotEqual(first, Disturbed(name, fault, 2));
        int good = Identity(Make(name));
        int wrong = first.Count(v => v != good);
        Assert.IsTrue(wrong is > 10 and < 500, $"{wrong} of 1000");
    }

    [TestMethod]
    [DataRow(W5500, 0x39)]
    [DataRow(Enc28j60, 0x1E)]
    public void Flips_can_be_bound_to_one_register(string name, int register)
    {
        ChipModel chip = Make(name);
        chip.Faults.Set("miso-flips", 1);
        chip.Faults.Set("flip-register", register);
        Assert.AreNotEqual(IdentityOrEcon2(Make(name)), IdentityOrEcon2(chip));
        chip.Faults.Set("flip-register", register + 1);
        Assert.AreEqual(IdentityOrEcon2(Make(name)), IdentityOrEcon2(chip));
    }

    [TestMethod] // What is out of step comes back with the next chip select
    [DataRow(W5500)]
    [DataRow(Enc28j60)]
    public void A_lost_clock_disturbs_its_own_frame_only(string name)
    {
        ChipModel chip = Make(name);
        chip.Faults.Set("lost-clocks", 1);
        Identity(chip);
        chip.Faults.Set("lost-clocks", 0);
        Assert.AreEqual(Identity(Make(name)), Identity(chip));
    }

    [TestMethod]
    [DataRow(W5500)]
    [DataRow(Enc28j60)]
    public void Interrupt_line_can_be_stuck_or_an_edge_missed(string name)
    {
        ChipModel chip = Listening(name);
        chip.Faults.Set("stuck-int", 1);
        Assert.IsTrue(chip.InterruptAsserted);
        chip.Faults.Set("stuck-int", 0);
        Deliver(chip);
        Assert.IsFalse(chip.InterruptAsserted);
        chip.Faults.Set("stuck-int", -1);
        Assert.IsTrue(chip.InterruptAsserted);

        ChipModel other = Listening(name);
        other.Faults.Set("missed-int", 1);
        Deliver(other);
        Assert.IsFalse(other.InterruptAsserted);
        other.Faults.Set("missed-int", 0);
        Deliver(other);
        Assert.IsFalse(other.InterruptAsserted, "the line has not been released yet");
        Acknowledge(other);
        Deliver(other);
        Assert.IsTrue(other.InterruptAsserted);
    }

    [TestMethod]
    public void Slow_reset_of_the_W5500_hides_its_version()
    {
        ChipModel chip = Make(W5500);
        chip.Faults.Set("slow-reset", 30);
        ResetPin(chip);
        chip.Spend(29_000_000);
        Assert.AreEqual(0, Identity(chip));
        chip.Spend(2_000_000);
        Assert.AreEqual(4, Identity(chip));
    }

    [TestMethod]
    public void Slow_reset_of_the_ENC28J60_holds_its_clocks_back()
    {
        var chip = (Enc28j60Model)Make(Enc28j60);
        chip.Errata.Clear();
        chip.Faults.Set("slow-reset", 30);
        Frame(chip, 0xFF);
        chip.Spend(29_000_000);
        Assert.AreEqual(0, Frame(chip, 0x1D, 0)[1] & 1);
        chip.Spend(2_000_000);
        Assert.AreEqual(1, Frame(chip, 0x1D, 0)[1] & 1);
    }

    [TestMethod]
    [DataRow(W5500)]
    [DataRow(Enc28j60)]
    public void Brown_outs_come_about_as_often_as_wanted_and_reset_the_chip(string name)
    {
        ChipModel chip = Listening(name);
        chip.Faults.Set("brown-outs", 100);
        chip.Spend(1);
        chip.Spend(10_000_000_000);
        Assert.IsTrue(chip.Faults.BrownOuts is > 70 and < 140, $"{chip.Faults.BrownOuts}");
        chip.Faults.Set("brown-outs", 0);
        chip.Spend(1_000_000_000);
        Assert.IsTrue(chip.LinkUp);
        Assert.IsFalse(Deliver(chip), "it has forgotten its set-up");
    }

    [TestMethod]
    [DataRow(W5500)]
    [DataRow(Enc28j60)]
    public void Link_flaps_take_the_link_for_a_while(string name)
    {
        ChipModel chip = Listening(name);
        chip.Faults.Set("link-flaps", 1000);
        chip.Faults.Set("flap-time", 100);
        chip.Spend(1);
        int down = 0;
        for (int i = 0; i < 1000; i++)
        {
            chip.Spend(10_000_000);
            down += chip.LinkUp ? 0 : 1;
        }

        // A hundred flaps at most of the cable's 100 ms and the link's 100 ms.
        Assert.IsTrue(chip.Faults.LinkFlaps is > 6 and < 15, $"{chip.Faults.LinkFlaps}");
        Assert.IsTrue(down >= chip.Faults.LinkFlaps * 15 && down <= chip.Faults.LinkFlaps * 22, $"{down}");
    }

    [TestMethod]
    [DataRow(W5500)]
    [DataRow(Enc28j60)]
    public void A_link_can_flap_in_the_middle_of_a_frame(string name)
    {
        ChipModel chip = Listening(name);
        var wire = new FarEnd();
        chip.Cable = wire;
        chip.Faults.Set("send-flaps", 1);
        Send(chip);
        Assert.IsFalse(chip.LinkUp);
        chip.Spend(2_000_000);
        Assert.IsEmpty(wire.Frames);
        Assert.AreEqual(1, chip.Faults.LinkFlaps);
        chip.Spend(1_000_000_000);
        Assert.IsTrue(chip.LinkUp);
    }

    [TestMethod]
    [DataRow(W5500)]
    [DataRow(Enc28j60)]
    public void A_flood_fills_the_receive_memory(string name)
    {
        ChipModel chip = Listening(name);
        chip.Faults.Set("flood", 1000);
        chip.Spend(1);
        chip.Spend(1_000_000_000);
        Assert.IsTrue(chip.Faults.FloodFrames is > 800 and < 1200, $"{chip.Faults.FloodFrames}");
        long overrun = chip is W5500Model w ? w.FramesOverrun : ((Enc28j60Model)chip).FramesOverrun;
        Assert.IsGreaterThan(900, overrun);
    }

    private static ChipModel Make(string name)
    {
        if (name == W5500)
        {
            return new W5500Model();
        }

        var chip = new Enc28j60Model();
        chip.Errata.Clear();
        return chip;
    }

    // A chip with a link that receives and whose INT tells of it.
    private static ChipModel Listening(string name)
    {
        ChipModel chip = Make(name);
        if (chip is W5500Model w5500)
        {
            new EmbeddedTcp.DriverTests.W5500.Spi(w5500).OpenMacRaw();
            Frame(chip, 0x00, 0x18, 0x04, 0x01);
        }
        else
        {
            var spi = new ModelsEnc28j60.Spi((Enc28j60Model)chip);
            spi.Initialise();
            spi.Write(ModelsEnc28j60.Spi.EIE, 0xC0);
        }

        return chip;
    }

    private static bool Deliver(ChipModel chip)
    {
        byte[] frame = [.. Enumerable.Repeat((byte)0xFF, 6), .. new byte[54]];
        return chip.Deliver(frame, 0, frame.Length);
    }

    private static void Acknowledge(ChipModel chip)
    {
        if (chip is W5500Model)
        {
            Frame(chip, 0x00, 0x02, 0x0C, 0xFF);
        }
        else
        {
            Frame(chip, 0xBB, 0x80);
            Frame(chip, 0x9B, 0x80);
        }
    }

    private static void Send(ChipModel chip)
    {
        if (chip is W5500Model)
        {
            Frame(chip, 0x00, 0x24, 0x0C, 0x00, 0x64);
            Frame(chip, 0x00, 0x01, 0x0C, 0x20);
            chip.Spend(1_000);
        }
        else
        {
            new ModelsEnc28j60.Spi((Enc28j60Model)chip).Send(ModelsEnc28j60.Spi.Frame(100, 1));
        }
    }

    // VERSIONR, or EREVID by way of bank 3.
    private static int Identity(ChipModel chip) => Register(chip)[^1];

    private static byte[] Register(ChipModel chip)
    {
        if (chip is W5500Model)
        {
            return Frame(chip, 0x00, 0x39, 0x00, 0x00);
        }

        Frame(chip, 0x9F, 0x03);
        return Frame(chip, 0x12, 0x00);
    }

    private static int IdentityOrEcon2(ChipModel chip)
    {
        return chip is W5500Model ? Identity(chip) : Frame(chip, 0x1E, 0x00)[1];
    }

    private static int[] Disturbed(string name, string fault, int seed)
    {
        ChipModel chip = Make(name);
        chip.Faults.Seed(seed);
        chip.Faults.Set(fault, 20);
        return [.. Enumerable.Range(0, 1000).Select(_ => Identity(chip))];
    }

    private static void ResetPin(ChipModel chip)
    {
        chip.SetReset(true);
        chip.Spend(1_000_000);
        chip.SetReset(false);
        chip.Spend(1_000_000);
    }

    private static byte[] Frame(ChipModel chip, params byte[] mosi)
    {
        chip.Spend(500);
        chip.Select();
        byte[] miso = [.. mosi.Select(chip.Exchange)];
        chip.Spend(500);
        chip.Deselect();
        return miso;
    }

    private sealed class FarEnd : CableEnd
    {
        public readonly List<byte[]> Frames = [];

        public override void Transmitted(byte[] frame, int offset, int length) => Frames.Add(frame[offset..(offset + length)]);
    }
}
