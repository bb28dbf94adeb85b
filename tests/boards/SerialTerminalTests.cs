using System;
using System.Collections.Generic;
using System.Text;
using EmbeddedTcp.App;
using EmbeddedTcp.AppTests.Bench;
using EmbeddedTcp.Link;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.BoardTests;

[TestClass]
public sealed class SerialTerminalTests
{
    [TestMethod]
    public void What_is_typed_is_executed_and_echoed()
    {
        var line = new Line(115200, 120);
        Application application = Application(line);
        application.Shell.Editor.Echo = true;
        line.Type("uptimx\x7f" + "e\r");
        Run(application, line, 500);
        Assert.Contains("uptimx\b \be\r\n", line.Text);
        Assert.Contains("up ", line.Text);
    }

    [TestMethod]
    public void Arrow_keys_type_nothing()
    {
        var line = new Line(115200, 120);
        Application application = Application(line);
        line.Type("up\x1b[A\x1b[1;5Dti\x1bOPme\r");
        Run(application, line, 500);
        Assert.DoesNotContain("no such command", line.Text);
        Assert.Contains("up ", line.Text);
    }

    [TestMethod] // 115,200 baud are 11,520 bytes in a second, whatever the loop's rhythm is
    [DataRow(1)]
    [DataRow(7)]
    [DataRow(20)]
    public void The_uart_is_never_given_more_than_its_fifo_holds(int step)
    {
        var line = new Line(115200, 120);
        line.Write(new string('x', 4000));
        long now = 0;
        while (line.Text.Length < 4000 && now < 10000)
        {
            line.Advance(now);
            line.Run(now);
            now += step;
        }

        Assert.AreEqual(4000, line.Text.Length);
        Assert.IsLessThan(120.5, line.Deepest);
        Assert.IsGreaterThanOrEqualTo(330, now);
        Assert.IsLessThan(step == 1 ? 420 : 900, now);
    }

    [TestMethod]
    public void Output_that_finds_no_room_is_counted_and_the_count_is_printed()
    {
        var line = new Line(115200, 120);
        line.Write(new string('x', 4096 + 50));
        Assert.AreEqual(50, line.Lost);
        for (long now = 0; now < 1000; now++)
        {
            line.Advance(now);
            line.Run(now);
        }

        line.Write("more\n");
        for (long now = 1000; now < 1100; now++)
        {
            line.Advance(now);
            line.Run(now);
        }

        Assert.EndsWith("\r\n[50 characters lost]\r\nmore\r\n", line.Text);
    }

    [TestMethod]
    public void A_script_that_is_pasted_waits_in_the_uart_until_the_shell_has_room()
    {
        var line = new Line(115200, 120);
        Application application = Application(line);
        for (int i = 0; i < 60; i++)
        {
            line.Type("uptime\r");
        }

        Run(application, line, 3000);
        Assert.AreEqual(0, application.Shell.LinesRefused);
        Assert.HasCount(61, line.Text.Split("up "));
    }

    [TestMethod]
    public void A_pasted_script_with_long_answers_loses_nothing()
    {
        var line = new Line(115200, 120);
        Application application = Application(line);
        for (int i = 0; i < 20; i++)
        {
            line.Type("help\r\nstats -a\r\n");
        }

        // Some 6 KB for each pair at 11.5 KB a second.
        Run(application, line, 20000);
        Assert.AreEqual(0, line.Lost);
        Assert.AreEqual(0, application.Shell.LinesRefused);
        Assert.HasCount(21, line.Text.Split("closes all connections"));
    }

    private static Application Application(Line line)
    {
        var application = new Application(new NetworkInterface(new TestDevice(), new StackOptions()), new ApplicationOptions(), line);
        line.Shell = application.Shell;
        Assert.IsTrue(application.Open());
        return application;
    }

    private static void Run(Application application, Line line, long milliseconds)
    {
        for (long now = 0; now < milliseconds; now++)
        {
            line.Advance(now);
            line.Run(now);
            application.Poll(now);
        }
    }

    /// <summary>A UART: bytes leave its FIFO at the line's speed, and more than it holds is a mistake.</summary>
    private sealed class Line : SerialTerminal
    {
        private readonly Queue<byte> _typed = new();
        private readonly StringBuilder _sent = new();
        private readonly double _bytesPerMs;
        private double _fifo;
        private long _last;

        public Line(int baud, int fifo)
            : base(baud, fifo, 4096)
        {
            _bytesPerMs = baud / 10000.0;
        }

        public string Text => _sent.ToString();

        public double Deepest { get; private set; }

        public void Type(string text)
        {
            foreach (char c in text)
            {
                _typed.Enqueue((byte)c);
            }
        }

        public void Advance(long now)
        {
            _fifo = Math.Max(0, _fifo - ((now - _last) * _bytesPerMs));
            _last = now;
        }

        protected override int Receive(byte[] buffer)
        {
            int count = 0;
            while (count < buffer.Length && _typed.TryDequeue(out byte value))
            {
                buffer[count++] = value;
            }

            return count;
        }

        protected override void Transmit(byte[] buffer, int count)
        {
            _fifo += count;
            Deepest = Math.Max(Deepest, _fifo);
            _sent.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
    }
}
