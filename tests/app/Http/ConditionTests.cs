using System;
using EmbeddedTcp.Http;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.AppTests.Http;

/// <summary>Conditional requests (RFC 9110 §13), dates (§5.6.7) and HEAD (§9.3.2).</summary>
[TestClass]
public sealed class ConditionTests
{
    private static readonly DateTimeOffset s_changed = new(1994, 11, 6, 8, 49, 37, TimeSpan.Zero);

    [TestMethod]
    [DataRow("GET", "If-None-Match: \"v1\"", 304)]
    [DataRow("GET", "If-None-Match: W/\"v1\"", 304)]                       // §13.1.2: weak comparison
    [DataRow("GET", "If-None-Match: \"v0\", \"v,1\" , \"v1\"", 304)]
    [DataRow("GET", "If-None-Match: \"v0\"\r\nIf-None-Match: \"v1\"", 304)] // RFC 9110 §5.3
    [DataRow("GET", "If-None-Match: *", 304)]
    [DataRow("GET", "If-None-Match: \"v2\"", 200)]
    [DataRow("GET", "If-None-Match: v1", 200)]                              // No tag without its quotes.
    [DataRow("GET", "If-None-Match: \"v1", 200)]
    [DataRow("GET", "If-None-Match: \"\"", 200)]
    [DataRow("HEAD", "If-None-Match: \"v1\"", 304)]
    [DataRow("DELETE", "If-None-Match: *", 412)]
    [DataRow("DELETE", "If-Match: \"v1\"", 204)]
    [DataRow("DELETE", "If-Match: W/\"v1\"", 412)]                          // §13.1.1: strong comparison
    [DataRow("DELETE", "If-Match: \"v2\"", 412)]
    [DataRow("DELETE", "If-Match: *", 204)]
    [DataRow("GET", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT", 304)]
    [DataRow("GET", "If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT", 200)]
    [DataRow("GET", "If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT", 304)]
    [DataRow("GET", "If-Modified-Since: Sun Nov  6 08:49:37 1994", 304)]
    [DataRow("GET", "If-Modified-Since: Thu Nov 16 08:49:37 1994", 304)]
    [DataRow("GET", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37", 200)]   // §13.1.3: no valid date, so ignored
    [DataRow("GET", "If-Modified-Since: Sun, 06 Nix 1994 08:49:37 GMT", 200)]
    [DataRow("GET", "If-Modified-Since: Sun, 06 Nov 1994 25:49:37 GMT", 200)]
    [DataRow("GET", "If-Modified-Since: yesterday", 200)]
    [DataRow("GET", "If-Modified-Since: ,", 200)]
    [DataRow("GET", "If-Modified-Since:", 200)]
    [DataRow("DELETE", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT", 204)] // For GET and HEAD only.
    [DataRow("DELETE", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT", 204)]
    [DataRow("DELETE", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT", 412)]
    [DataRow("GET", "If-None-Match: \"v2\"\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT", 200)] // §13.2.2: the tag decides
    [DataRow("DELETE", "If-Match: \"v1\"\r\nIf-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT", 204)]
    [DataRow("GET", "If-Match: \"v2\"\r\nIf-None-Match: \"v1\"", 412)]
    public void Conditions(string method, string fields, int status)
    {
        var lab = new HttpLab();
        lab.Note.Modified = s_changed.ToUnixTimeSeconds();
        Reply reply = lab.Ask(method + " /note HTTP/1.1\r\nHost: b\r\n" + fields + "\r\n\r\n");
        Assert.AreEqual(status, reply.Status);
        Assert.AreEqual(status == 204 && method == "DELETE" ? 1 : 0, lab.Note.Deleted, "nothing happens unless the conditions are met");
        if (status == 304)
        {
            Assert.AreEqual(("\"v1\"", s_changed.ToString("R")), (reply["ETag"], reply["Last-Modified"]), "§15.4.5");
            Assert.IsNull(reply["Content-Length"]);
        }
    }

    [TestMethod]
    public void What_has_no_tag_and_what_is_not_there()
    {
        var lab = new HttpLab();
        lab.Note.Tag = null;
        const string delete = "DELETE /note HTTP/1.1\r\nHost: b\r\n";
        Assert.AreEqual(412, lab.Ask(delete + "If-Match: \"v1\"\r\n\r\n").Status);
        Assert.AreEqual(204, lab.Ask(delete + "If-None-Match: \"v1\"\r\n\r\n").Status);
        Assert.AreEqual(204, lab.Ask(delete + "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n").Status);
        lab.Note.Exists = false;
        Assert.AreEqual(204, lab.Ask(delete + "If-None-Match: *\r\n\r\n").Status);
        Assert.AreEqual(412, lab.Ask(delete + "If-Match: *\r\n\r\n").Status);
        lab.Note.Tag = "W/\"v1\"";
        Assert.AreEqual(304, lab.Ask("GET /note HTTP/1.1\r\nHost: b\r\nIf-None-Match: \"v1\"\r\n\r\n").Status);
        Assert.AreEqual(412, lab.Ask(delete + "If-Match: W/\"v1\"\r\n\r\n").Status);
    }

    [TestMethod]
    public void Dates_around_the_leaps_are_read_as_they_are_written()
    {
        foreach (string day in new[] { "1970-01-01", "1972-02-29", "1999-12-31", "2000-02-29", "2000-03-01", "2026-11-28", "2038-01-19", "2100-02-28", "2100-03-01", "2400-02-29" })
        {
            DateTimeOffset moment = new(DateTime.Parse(day, System.Globalization.CultureInfo.InvariantCulture).AddSeconds(86_399), TimeSpan.Zero);
            var lab = new HttpLab();
            lab.Note.Modified = moment.ToUnixTimeSeconds();
            string Since(DateTimeOffset at) => "GET /note HTTP/1.1\r\nHost: b\r\nIf-Modified-Since: " + at.ToString("R") + "\r\n\r\n";
            Reply reply = lab.Ask(Since(moment));
            Assert.AreEqual((304, moment.ToString("R")), (reply.Status, reply["Last-Modified"]), day);
            Assert.AreEqual(200, lab.Ask(Since(moment.AddSeconds(-1))).Status, day);
        }
    }

    [TestMethod]
    [DataRow("/note")]
    [DataRow("/switch")]
    [DataRow("/none")]
    [DataRow("/api/state")]
    public void Head_says_what_get_says_without_the_body(string path)
    {
        var lab = new HttpLab(clock: 784111777);
        Reply get = lab.Ask("GET " + path + " HTTP/1.1\r\nHost: b\r\n\r\n");
        Reply head = lab.Ask("HEAD " + path + " HTTP/1.1\r\nHost: b\r\n\r\n");
        Assert.AreEqual(get.Head, head.Head);
        Assert.AreEqual(s_changed.ToString("R"), head["Date"]);
        Bench.Client client = lab.Open("HEAD " + path + " HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n").UntilEnd(1_000);
        Assert.EndsWith("\r\n\r\n", client.ReceivedText);
        Assert.HasCount(2, client.ReceivedText.Split("\r\n\r\n"), "no body");
    }
}
