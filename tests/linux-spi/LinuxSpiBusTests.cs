using System;
using System.Collections.Generic;
using System.Device.Gpio;
using System.Device.Spi;
using System.IO;
using System.Linq;
using EmbeddedTcp.LinuxSpi;
using EmbeddedTcp.LinuxSpi.Adapters;
using EmbeddedTcp.LinuxSpi.Model;
using EmbeddedTcp.ChipModels.W5500;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.LinuxSpiTests;

[TestClass]
public sealed class LinuxSpiBusTests
{
    [TestMethod]
    public void A_transfer_is_one_frame_of_equal_lengths_and_no_more_than_asked_for()
    {
        using var adapter = new FakeAdapter();
        using var bus = new LinuxSpiBus(adapter, 8_000_000, null, null);
        byte[] read = [9, 9, 9, 9, 9];
        bus.Transfer([1, 2, 3, 4], read, 3);
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, adapter.Device.Frames.Single());
        CollectionAssert.AreEqual(new byte[] { 254, 253, 252, 9, 9 }, read);
    }

    [TestMethod]
    public void One_array_for_both_ways_is_copied_first()
    {
        using var adapter = new FakeAdapter();
        using var bus = new LinuxSpiBus(adapter, 8_000_000, null, null);
        byte[] both = [1, 2, 3];
        bus.Transfer(both, both, 3);
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, adapter.Device.Frames.Single());
        CollectionAssert.AreEqual(new byte[] { 254, 253, 252 }, both);
    }

    [TestMethod]
    public void Another_clock_opens_the_device_anew()
    {
        using var adapter = new FakeAdapter();
        using var bus = new LinuxSpiBus(adapter, 8_400_000, null, null);
        Assert.AreEqual(8_000_000, bus.ClockHz);
        FakeDevice first = adapter.Device;
        Assert.IsTrue(bus.SetClock(4_700_000));
        Assert.AreEqual(4_000_000, bus.ClockHz);
        Assert.IsTrue(first.Closed);
        Assert.IsFalse(adapter.Device.Closed);
        Assert.AreEqual(4_000_000, adapter.Device.ConnectionSettings.ClockFrequency);
        Assert.IsFalse(bus.SetClock(900_000));
        Assert.AreEqual(4_000_000, bus.ClockHz);
    }

    [TestMethod]
    public void A_clock_below_what_the_adapter_has_is_refused()
    {
        using var adapter = new FakeAdapter();
        AdapterException e = Assert.ThrowsExactly<AdapterException>(() => new LinuxSpiBus(adapter, 900_000, null, null));
        Assert.Contains("--clock 900000", e.Message);
    }

    [TestMethod]
    public void A_pin_that_does_not_exist_is_named_by_its_option()
    {
        using var adapter = new FakeAdapter();
        Assert.Contains("--interrupt 77", Assert.ThrowsExactly<AdapterException>(() => new LinuxSpiBus(adapter, 8_000_000, 77, null)).Message);
        Assert.IsTrue(adapter.Device.Closed, "the device is given back");
        Assert.Contains("--reset 78", Assert.ThrowsExactly<AdapterException>(() => new LinuxSpiBus(adapter, 8_000_000, null, 78)).Message);
    }

    [TestMethod]
    public void Without_lines_the_driver_has_to_look_for_itself_and_the_gpio_is_left_alone()
    {
        using var adapter = new FakeAdapter();
        using var bus = new LinuxSpiBus(adapter, 8_000_000, null, null);
        Assert.IsTrue(bus.InterruptAsserted());
        Assert.IsFalse(bus.SetReset(true));
        Assert.IsFalse(bus.WakesLoop);
        Assert.AreEqual(0, adapter.GpioOpened);
    }

    private sealed class FakeAdapter : SpiAdapter
    {
        public FakeDevice Device { get; private set; } = null!;

        public int GpioOpened { get; private set; }

        public override string Name => "the fake";

        public override int PossibleClock(int hertz) => hertz / 1_000_000 * 1_000_000;

        public override SpiDevice OpenSpi(int hertz) => Device = new FakeDevice(Settings(0, 0, hertz));

        public override GpioController OpenGpio()
        {
            GpioOpened++;
            return new GpioController(new ModelGpioDriver(new W5500Model()));
        }
    }

    // Answers each byte with its complement, as it comes: whoever hands in one buffer twice gets what a careless library makes of it.
    private sealed class FakeDevice(SpiConnectionSettings settings) : SpiDevice
    {
        public List<byte[]> Frames { get; } = [];

        public bool Closed { get; private set; }

        public override SpiConnectionSettings ConnectionSettings => settings;

        public override void TransferFullDuplex(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer)
        {
            Assert.AreEqual(writeBuffer.Length, readBuffer.Length);
            readBuffer.Clear();
            Frames.Add(writeBuffer.ToArray());
            for (int i = 0; i < writeBuffer.Length; i++)
            {
                readBuffer[i] = (byte)~writeBuffer[i];
            }
        }

        public override void Read(Span<byte> buffer) => throw new IOException();

        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException();

        protected override void Dispose(bool disposing) => Closed = true;
    }
}
