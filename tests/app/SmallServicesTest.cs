using System;
using System.Globalization;
using System.Text;
using EmbeddedTcp.App;
using EmbeddedTcp.AppTests.Bench;
using EmbeddedTcp.Services.Time;
using EmbeddedTcp.Tcp;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.AppTests;

/// <summary>Discard, character generator and daytime.</summary>
[TestClass]
public sealed class SmallServicesTest
{
    [TestMethod]   // RFC 863: "any data received is thrown away. No response is sent."
    public void Discard_takes_everything_and_says_nothing()
    {
        var board = new Board();
        Client client = board.Connect(9).Send(EchoTest.RandomBytes(200_000, 1)).Shutdown().UntilEnd(60_000);
        Assert.IsEmpty(client.Received);
        Assert.AreEqual(200_000, ((DiscardService)board.ServiceNamed("discard")).Bytes);
        board.RunUntil(() => board.FreeSlots == 8, "the slot is free");
    }

    [TestMethod]
    public void Discard_gives_up_a_silent_peer()
    {
        var board = new Board(options: new ApplicationOptions { IdleLimit = 5_000 });
        Client client = board.Connect(9).UntilConnected();
        client.UntilEnd(6_000);
        Assert.AreEqual(1, board.ServiceNamed("discard").Expired);
    }

    [TestMethod]   // RFC 864: "72 character lines of the ASCII printing characters", each starting one further on
    public void Chargen_sends_the_rotating_lines()
    {
        var board = new Board();
        const int lines = 300;
        Client client = board.Connect(19).UntilReceived(lines * 74, 60_000);
        string[] received = client.ReceivedText.Split("\r\n");
        for (int line = 0; line < lines; line++)
        {
            var expected = new StringBuilder();
            for (int column = 0; column < 72; column++)
            {
                expected.Append((char)(' ' + ((line + column) % 95)));
            }

            Assert.AreEqual(expected.ToString(), received[line], $"line {line}");
        }
    }

    [TestMethod]
    public void Chargen_throws_away_what_comes_and_ends_at_the_peers_fin()
    {
        var board = new Board();
        Client client = board.Connect(19).Send("ignored").UntilReceived(10_000, 60_000);
        client.Shutdown().UntilEnd();
        board.RunUntil(() => board.FreeSlots == 8, "the slot is free");
    }

    [TestMethod]
    public void Chargen_resets_a_peer_that_stops_reading()
    {
        var board = new Board(options: new ApplicationOptions { IdleLimit = 20_000 });
        Client client = board.Connect(19).UntilReceived(5_000);
        client.Deaf = true;
        client.Until(() => client.Ended, "reset", 60_000);
        Assert.AreEqual(TcpEndReason.Reset, client.Connection.EndReason);
        Assert.AreEqual(1, board.ServiceNamed("chargen").Expired);
    }

    [TestMethod]
    public void Every_piece_of_the_pattern_equals_the_whole()
    {
        byte[] whole = new byte[3 * ChargenPattern.Period];
        Assert.AreEqual(0, ChargenPattern.Fill(whole, 0, whole.Length, 0));
        var random = new Random(7);
        for (int i = 0; i < 2000; i++)
        {
            int start = random.Next(2 * ChargenPattern.Period);
            int count = random.Next(1, 500);
            byte[] piece = new byte[count];
            int next = ChargenPattern.Fill(piece, 0, count, start % ChargenPattern.Period);
            Assert.IsTrue(piece.AsSpan().SequenceEqual(whole.AsSpan(start, count)), $"{count} from {start}");
            Assert.AreEqual((start + count) % ChargenPattern.Period, next);
        }
    }

    [TestMethod]   // RFC 867: "a popular format: Weekday, Month Day, Year Time-Zone"
    public void Daytime_tells_the_time_and_closes()
    {
        var moment = new DateTimeOffset(2028, 2, 29, 7, 8, 9, TimeSpan.Zero);
        var board = new Board(options: new ApplicationOptions { Clock = new FixedClock(moment.ToUnixTimeSeconds()) });
        Client client = board.Connect(13).UntilEnd();
        Assert.AreEqual("Tuesday, February 29, 2028 07:08:09-UTC\r\n", client.ReceivedText);
        Assert.IsTrue(client.Connection.State is TcpState.CloseWait);
        client.Close();
        board.RunUntil(() => board.FreeSlots == 8, "the slot is free", 1000);
    }

    [TestMethod]
    public void Daytime_without_a_clock_says_so()
    {
        var board = new Board();
        board.RunFor(((26 * 3600) + 61) * 1000);
        Client client = board.Connect(13).UntilEnd();
        Assert.AreEqual("clock not set; up 1 day 02:01:01\r\n", client.ReceivedText);
    }

    [TestMethod]   // RFC 867: "any data received is thrown away"
    public void Daytime_answers_whole_although_the_peer_sends()
    {
        var board = new Board();
        Client client = board.Connect(13).Send("what time is it?\r\n").UntilEnd();
        StringAssert.StartsWith(client.ReceivedText, "clock not set; up 0 days 00:00:0");
        Assert.AreEqual(TcpEndReason.None, client.Connection.EndReason);
    }

    [TestMethod]
    public void Daytime_does_not_wait_for_ever_for_the_peers_fin()
    {
        var board = new Board(new StackOptions { Connections = 8, FinWait2Timeout = 10_000 });
        board.Connect(13).UntilEnd();
        board.RunFor(16_000);
        Assert.AreEqual(8, board.FreeSlots);
    }

    [TestMethod]
    public void Days_and_names_agree_with_the_calendar()
    {
        var time = new CivilTime();
        var day = new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (int i = 0; i < 160_000; i++)
        {
            DateTime moment = day.AddDays(i).AddSeconds(i * 7919L % 86400);
            time.Set(new DateTimeOffset(moment).ToUnixTimeSeconds());
            string expected = moment.ToString("dddd d MMMM yyyy MM HH:mm:ss", CultureInfo.InvariantCulture);
            string actual = $"{time.WeekdayName} {time.Day} {time.MonthName} {time.Year} {time.Month:00} {time.Hour:00}:{time.Minute:00}:{time.Second:00}";
            Assert.AreEqual(expected, actual);
        }
    }
}
