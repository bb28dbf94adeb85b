using EmbeddedTcp.ChipModels;
using EmbeddedTcp.ChipModels.Enc28j60;
using EmbeddedTcp.ChipModels.W5500;
using EmbeddedTcp.Drivers.Enc28j60;
using EmbeddedTcp.Drivers.W5500;
using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.UnitTests;

/// <summary>Each driver on its modelled chip, with a stack above it and one at the far end of the cable.</summary>
[TestClass]
public class DriverTests
{
    /// <summary>An echo of 20,000 octets through SPI frames, buffers and pointers of the W5500 arrives exact.</summary>
    [TestMethod]
    public void Octets_cross_the_W5500()
    {
        W5500Model chip = new W5500Model();
        Echo(chip, new W5500Driver(new ModelSpiBus(chip)));
    }

    /// <summary>The same through banks, FIFO and transmit buffer of the ENC28J60.</summary>
    [TestMethod]
    public void Octets_cross_the_ENC28J60()
    {
        Enc28j60Model chip = new Enc28j60Model();
        Echo(chip, new Enc28j60Driver(new ModelSpiBus(chip)));
    }

    /// <summary>The same with full duplex and without an interrupt line.</summary>
    [TestMethod]
    public void Octets_cross_the_ENC28J60_in_full_duplex_without_its_interrupt_line()
    {
        Enc28j60Model chip = new Enc28j60Model();
        chip.PartnerFullDuplex = true;
        ModelSpiBus bus = new ModelSpiBus(chip);
        bus.InterruptWired = false;
        Enc28j60Driver driver = new Enc28j60Driver(bus);
        driver.FullDuplex = true;
        Echo(chip, driver);
    }

    /// <summary>A chip that is not there is an error in words, after a bounded time.</summary>
    [TestMethod]
    public void Absent_chips_are_told()
    {
        W5500Model w5500 = new W5500Model();
        w5500.Faults.AbsentLevel = 0xFF;
        Absent(new W5500Driver(new ModelSpiBus(w5500)));
        Enc28j60Model enc = new Enc28j60Model();
        enc.Faults.AbsentLevel = 0xFF;
        Absent(new Enc28j60Driver(new ModelSpiBus(enc)));
        Assert.IsTrue(enc.NowMicroseconds < 500000 && w5500.NowMicroseconds < 500000, "it took too long");
    }

    /// <summary>A chip that resets itself in mid-traffic is set up anew.</summary>
    [TestMethod]
    public void Brown_outs_are_healed()
    {
        W5500Model w5500 = new W5500Model();
        Heal(w5500, new W5500Driver(new ModelSpiBus(w5500)));
        Enc28j60Model enc = new Enc28j60Model();
        Heal(enc, new Enc28j60Driver(new ModelSpiBus(enc)));
    }

    private static void Absent(EthernetDevice driver)
    {
        Assert.IsFalse(driver.Open(new byte[] { 2, 0, 0, 0, 0, 1 }), "opened");
        Assert.IsTrue(driver.Error != null && driver.Error.IndexOf("FF") >= 0, driver.Error);
        Assert.IsFalse(driver.LinkUp, "link");
    }

    private static void Heal(ChipModel chip, EthernetDevice driver)
    {
        Assert.IsTrue(driver.Open(new byte[] { 2, 0, 0, 0, 0, 1 }), driver.Error);
        for (int round = 0; round < 3; round++)
        {
            chip.BrownOut();
            for (int i = 0; i < 60; i++)
            {
                chip.Spend(50000000);
                driver.NowMs = (int)(chip.NowMicroseconds / 1000);
                driver.Receive();
            }

            Assert.IsTrue(driver.LinkUp, "no link after a brown-out");
            Assert.IsTrue(driver.Recoveries == round + 1, "recoveries: " + driver.Recoveries.ToString());
        }
    }

    private static void Echo(ChipModel chip, EthernetDevice driver)
    {
        MemoryDevice far = new CableDevice(chip);
        chip.Cable = new Plug(far);
        StackOptions boardOptions = Options(2);
        NetworkInterface board = new NetworkInterface(driver, boardOptions);
        NetworkInterface host = new NetworkInterface(far, Options(1));
        Assert.IsTrue(board.Open(), "open");
        host.Open();
        long now = chip.NowMicroseconds / 1000;
        for (int i = 0; i < 40; i++)
        {
            now += 50;
            Step(chip, board, host, now);
        }

        Assert.IsTrue(driver.LinkUp, "link");
        TcpListener listener = board.Tcp.Listen(7, 1);
        TcpConnection client = host.Tcp.Connect(boardOptions.Address, 7);
        TcpConnection server = null;
        byte[] buffer = new byte[1000];
        int sent = 0;
        int back = 0;
        int wrong = 0;
        for (int turn = 0; turn < 20000 && back < 20000; turn++)
        {
            now++;
            Step(chip, board, host, now);
            if (server == null)
            {
                server = listener.Accept();
                continue;
            }

            int n = server.Available < server.WriteSpace ? server.Available : server.WriteSpace;
            n = n < buffer.Length ? n : buffer.Length;
            if (n > 0)
            {
                server.Read(buffer, 0, n);
                server.Write(buffer, 0, n);
            }

            n = 20000 - sent < buffer.Length ? 20000 - sent : buffer.Length;
            for (int i = 0; i < n; i++)
            {
                buffer[i] = (byte)((sent + i) * 31 >> 3);
            }

            sent += client.Write(buffer, 0, n);
            n = client.Read(buffer, 0, buffer.Length);
            for (int i = 0; i < n; i++)
            {
                if (buffer[i] != (byte)((back + i) * 31 >> 3))
                {
                    wrong++;
                }
            }

            back += n;
        }

        Assert.IsTrue(back == 20000, "not all came back: " + back.ToString());
        Assert.IsTrue(wrong == 0, "octets differ");
        Assert.IsTrue(chip.Violations == 0, chip.FirstViolation);
        Assert.IsTrue(driver.ReceiveErrors == 0 && driver.SendErrors == 0, "errors were counted");
    }

    private static StackOptions Options(byte number)
    {
        StackOptions options = new StackOptions();
        options.Address = 0x0A000000u + number;
        options.MacAddress = new byte[] { 2, 0, 0, 0, 0, number };
        options.Connections = 1;
        return options;
    }

    private static void Step(ChipModel chip, NetworkInterface board, NetworkInterface host, long now)
    {
        chip.AdvanceTo(now * 1000);
        board.Poll(now);
        host.Poll(now);
        board.Poll(now);
    }

    private sealed class CableDevice : MemoryDevice
    {
        private readonly ChipModel _chip;

        public CableDevice(ChipModel chip)
            : base(32)
        {
            _chip = chip;
        }

        protected override void Transmitted(byte[] frame, int length)
        {
            _chip.Deliver(frame, 0, length);
        }
    }

    private sealed class Plug : CableEnd
    {
        private readonly MemoryDevice _device;
        private readonly byte[] _frame = new byte[EthernetDevice.MaxFrameLength];

        public Plug(MemoryDevice device)
        {
            _device = device;
        }

        public override void Transmitted(byte[] frame, int offset, int length)
        {
            System.Array.Copy(frame, offset, _frame, 0, length);
            _device.Deliver(_frame, length);
        }
    }
}
