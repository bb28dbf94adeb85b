using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Services.Tracing;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>Prints how often connections went from one state to another since the board was started.</summary>
public sealed class FsmCommand : Command
{
    /// <summary>The command.</summary>
    public FsmCommand()
        : base("fsm", "[--json]", "the state machine: transitions taken so far")
    {
    }

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        string stray = Stray(arguments);
        if (stray != null)
        {
            return Complain(output, "\"" + stray + "\" is not expected");
        }

        TraceRing ring = application.Trace;
        if (ring == null)
        {
            output.WriteLine("fsm: this board does not count; ApplicationOptions.TraceEntries asks for it");
            return null;
        }

        return Has(arguments, Json) ? new JsonRows(ring, output) : (Job)new Rows(ring, output);
    }

    private static string From(int step)
    {
        return TcpStateName.Of((TcpState)(step / TraceRing.States));
    }

    private static string To(int step)
    {
        return TcpStateName.Of((TcpState)(step % TraceRing.States));
    }

    private static int CountOf(TraceRing ring, int step)
    {
        return ring.TransitionsOf((TcpState)(step / TraceRing.States), (TcpState)(step % TraceRing.States));
    }

    private sealed class Rows : Listing
    {
        private readonly TraceRing _ring;
        private int _state = -1;

        public Rows(TraceRing ring, TextOutput output)
            : base(output)
        {
            _ring = ring;
        }

        protected override bool Print(int step)
        {
            int count = CountOf(_ring, step);
            if (count != 0)
            {
                bool first = _state != step / TraceRing.States;
                _state = step / TraceRing.States;
                Output.WriteLine(Format.Left(first ? From(step) : "", 12) + "-> " + Format.Left(To(step), 12) + Format.Right(count, 10));
            }

            if (step < (TraceRing.States * TraceRing.States) - 1)
            {
                return true;
            }

            if (_state < 0)
            {
                Output.WriteLine("no connection has changed its state yet");
            }

            return false;
        }
    }

    private sealed class JsonRows : JsonListing
    {
        private readonly TraceRing _ring;

        public JsonRows(TraceRing ring, TextOutput output)
            : base(output)
        {
            _ring = ring;
        }

        protected override bool Compose(int step)
        {
            if (step == 0)
            {
                Json.Begin(null, '[');
            }

            int count = CountOf(_ring, step);
            if (count != 0)
            {
                Json.Begin(null, '{');
                Json.String("from", From(step));
                Json.String("to", To(step));
                Json.Number("count", count);
                Json.End('}');
            }

            if (step < (TraceRing.States * TraceRing.States) - 1)
            {
                return true;
            }

            Json.End(']');
            return false;
        }
    }
}
