using EmbeddedTcp.ChipModels;
using EmbeddedTcp.ChipModels.Enc28j60;
using EmbeddedTcp.ChipModels.W5500;

namespace EmbeddedTcp.DriverTests.ModelsCommon;

/// <summary>Whatever a master does with the pins, a model neither throws nor hangs, and a reset makes a good chip of it again.</summary>
[TestClass]
public sealed class GarbageTests
{
    [TestMethod]
    [DataRow("W5500")]
    [DataRow("ENC28J60")]
    public void Random_traffic_on_the_pins_ends(string name)
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            ChipModel chip = name == "W5500" ? new W5500Model() : new Enc28j60Model { ReceptionTakesTime = seed % 2 == 0 };
            chip.Cable = new Nowhere();
            chip.Faults.Seed(seed);
            if (chip is Enc28j60Model enc)
            {
                enc.Errata.LinkPulseCollides = 3;
            }

            for (int i = 0; i < 1500; i++)
            {
                Act(chip, random);
            }

            chip.SpiMode = 0;
            chip.SetReset(true);
            chip.Spend(1_000_000);
            chip.SetReset(false);
            chip.Spend(10_000_000);
            if (chip is W5500Model)
            {
                Assert.AreEqual(4, Frame(chip, [0x00, 0x39, 0x00, 0x00])[3], $"seed {seed}");
            }
            else
            {
                Frame(chip, [0x9F, 0x03]);
                Assert.AreEqual(6, Frame(chip, [0x12, 0x00])[1], $"seed {seed}");
            }
        }
    }

    private static void Act(ChipModel chip, Random random)
    {
        var data = new byte[random.Next(1, 64)];
        random.NextBytes(data);
        switch (random.Next(24))
        {
            case 0:
                chip.Deliver(new byte[2000], random.Next(100), random.Next(1900));
                break;
            case 1:
                chip.SetCable(random.Next(4) != 0);
                break;
            case 2:
                chip.Spend(random.Next(1_000_000));
                break;
            case 3:
                chip.Spend(200_000_000);
                break;
            case 4:
                chip.SetReset(random.Next(8) == 0);
                break;
            case 5:
                chip.SpiMode = random.Next(16) == 0 ? random.Next(4) : 0;
                break;
            case 6:
                chip.Select();
                break;
            case 7:
                chip.Deselect();
                break;
            case < 14 when chip is Enc28j60Model:
                // Opcode and one byte of data reach every register; pure noise mostly hits the memory.
                chip.SetReset(false);
                Frame(chip, [(byte)(0x40 | random.Next(0x80)), (byte)random.Next(256)]);
                break;
            case < 14:
                chip.SetReset(false);
                Frame(chip, [0, (byte)random.Next(0x40), (byte)(random.Next(32) << 3 | 4), .. data[..Math.Min(data.Length, 4)]]);
                break;
            default:
                Frame(chip, data);
                break;
        }
    }

    private static byte[] Frame(ChipModel chip, byte[] mosi)
    {
        var miso = new byte[mosi.Length];
        chip.Spend(500);
        chip.Select();
        chip.ExchangeBlock(mosi, miso, mosi.Length);
        chip.Spend(500);
        chip.Deselect();
        return miso;
    }

    private sealed class Nowhere : CableEnd
    {
        public override void Transmitted(byte[] frame, int offset, int length) => Assert.IsLessThanOrEqualTo(8192, length);
    }
}
