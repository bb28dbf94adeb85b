using EmbeddedTcp.ChipModels;
using EmbeddedTcp.ChipModels.Enc28j60;
using EmbeddedTcp.ChipModels.W5500;
using EmbeddedTcp.Drivers.Enc28j60;
using EmbeddedTcp.Drivers.W5500;
using EmbeddedTcp.Link;

namespace EmbeddedTcp.DriverTests.AtLarge;

/// <summary>A chip with its driver, and the faults it can have.</summary>
internal abstract class Specimen
{
    protected Specimen(ChipModel chip)
    {
        Chip = chip;
        Bus = new ModelSpiBus(chip);
    }

    public ChipModel Chip { get; }

    public ModelSpiBus Bus { get; }

    public abstract EthernetDevice Driver { get; }

    /// <summary>Faults of this chip alone: names and one in how many, or how much, at worst and at best.</summary>
    public abstract (string Name, int Worst, int Best)[] OwnFaults { get; }

    /// <summary>Everything that the driver gives as a reason to recover, counted.</summary>
    public abstract int Causes { get; }

    public abstract int Resets { get; }

    public abstract int FailedResets { get; }

    public abstract int LinkChanges { get; }

    public abstract int MissedInterrupts { get; }

    public static Specimen Create(string chip, Random dice)
    {
        return chip == "w5500" ? new W5500Specimen(dice) : new Enc28j60Specimen(dice);
    }

    private sealed class W5500Specimen : Specimen
    {
        private readonly W5500Driver _driver;

        public W5500Specimen(Random dice)
            : base(new W5500Model { PartnerFast = dice.Next(4) != 0 })
        {
            // A chip that knows no chains, and a driver that is told so or has to find out.
            Chip.Faults.Set("no-fixed-length", dice.Next(5) == 0 ? 1 : 0);
            _driver = new W5500Driver(Bus) { AllowChains = dice.Next(5) != 0 };
        }

        public override EthernetDevice Driver => _driver;

        public override (string Name, int Worst, int Best)[] OwnFaults =>
        [
            ("lose-sendok", 2, 100), ("late-sendok", 5, 100), ("bad-length", 20, 300), ("lose-recv", 10, 200),
        ];

        public override int Causes => _driver.SocketLosses + _driver.CommandTimeouts + _driver.BadLengths + _driver.PointerMismatches
            + _driver.LostCommands + _driver.SendTimeouts + _driver.Reopens;

        public override int Resets => _driver.Resets;

        public override int FailedResets => _driver.ResetFailures;

        public override int LinkChanges => _driver.LinkChanges;

        public override int MissedInterrupts => _driver.MissedInterrupts;
    }

    private sealed class Enc28j60Specimen : Specimen
    {
        private static readonly int[] s_revisions = [Enc28j60Errata.B1, Enc28j60Errata.B4, Enc28j60Errata.B5, Enc28j60Errata.B7];

        private readonly Enc28j60Driver _driver;

        public Enc28j60Specimen(Random dice)
            : base(new Enc28j60Model(s_revisions[dice.Next(4)]) { ReceptionTakesTime = true, LedSelectsFullDuplex = dice.Next(2) == 0 })
        {
            var chip = (Enc28j60Model)Chip;
            bool full = dice.Next(4) == 0;
            chip.PartnerFullDuplex = full;
            _driver = new Enc28j60Driver(Bus) { FullDuplex = full };

            // Every erratum is on. What happens by chance happens always, or one time in a few.
            foreach (int item in new[] { 1, 2, 5, 6, 9, 10, 12, 14, 15, 16, 17, 18, 19 })
            {
                chip.Errata.Set(item, dice.Next(1, 4));
            }

            chip.Errata.Set(13, dice.Next(3) == 0 ? dice.Next(5, 50) : 0);
        }

        public override EthernetDevice Driver => _driver;

        public override (string Name, int Worst, int Best)[] OwnFaults =>
        [
            ("bad-next", 20, 300), ("bad-count", 20, 300), ("deaf-overflow", 1, 1), ("stuck-tx", 10, 300), ("collisions", 2, 20),
            ("late-collisions", 4, 50), ("defers", 3, 30), ("bad-fcs", 20, 300),
        ];

        public override int Causes => _driver.ConfigurationLosses + _driver.BadHeaders + _driver.PointerMismatches + _driver.SendTimeouts
            + _driver.BankMismatches + _driver.Silences + _driver.Overflows;

        public override int Resets => _driver.Resets;

        public override int FailedResets => _driver.ResetFailures;

        public override int LinkChanges => _driver.LinkChanges;

        public override int MissedInterrupts => _driver.MissedInterrupts;
    }
}
