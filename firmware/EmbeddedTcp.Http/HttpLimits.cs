using System;

namespace EmbeddedTcp.Http;

/// <summary>The ranges of <see cref="HttpOptions"/>.</summary>
internal static class HttpLimits
{
    /// <exception cref="ArgumentException">A limit is out of range; the message names it.</exception>
    internal static void Check(HttpOptions o)
    {
        Check(o.Connections, 0, 64, "Connections");
        Check(o.Backlog, 1, 64, "Backlog");
        Check(o.Handlers, 1, 256, "Handlers");
        Check(o.HeadBytes, 256, 65536, "HeadBytes");
        Check(o.TargetBytes, 16, 8192, "TargetBytes");
        Check(o.HeaderFields, 8, 1000, "HeaderFields");
        Check(o.FieldBytes, 64, 8192, "FieldBytes");
        Check(o.BodyBytes, 0, int.MaxValue / 2, "BodyBytes");
        Check(o.FormBytes, 16, 65536, "FormBytes");
        Check(o.RequestsPerConnection, 1, int.MaxValue, "RequestsPerConnection");
        Check(o.HeadLimit, 1, 3600000, "HeadLimit");
        Check(o.IdleLimit, 1, 3600000, "IdleLimit");
        Check(o.ProgressInterval, 1, 3600000, "ProgressInterval");
        Check(o.ProgressBytes, 1, 1048576, "ProgressBytes");
        Check(o.CloseDelay, 0, 60000, "CloseDelay");
        Check(o.LingerLimit, 1, 3600000, "LingerLimit");
        Check(o.DrainBytes, 0, int.MaxValue / 2, "DrainBytes");
    }

    private static void Check(int value, int least, int most, string name)
    {
        if (value < least || value > most)
        {
            throw new ArgumentException(name);
        }
    }
}
