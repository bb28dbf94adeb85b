using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>Prints the whole control block of one connection.</summary>
public sealed class TcpCommand : Command
{
    /// <summary>The command.</summary>
    public TcpCommand()
        : base("tcp", "SLOT [--json]", "every variable of one connection")
    {
    }

    /// <inheritdoc/>
    public override string Details => "  SLOT is a number from the first column of netstat.";

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        bool json = arguments.Length == 2 && arguments[1] == Json;
        if (arguments.Length == 0 || (arguments.Length != 1 && !json))
        {
            return Complain(output, "a slot is needed");
        }

        TcpConnection connection = FindSlot(application, output, arguments[0]);
        return connection == null ? null : json ? new JsonFields(application, output, connection) : (Job)new TextFields(application, output, connection);
    }

    private sealed class TextFields : Listing, IFieldSink
    {
        private readonly Application _application;
        private readonly TcpConnection _connection;

        public TextFields(Application application, TextOutput output, TcpConnection connection)
            : base(output)
        {
            _application = application;
            _connection = connection;
        }

        public void Group(string title)
        {
            Output.WriteLine(title);
        }

        public void Number(string name, long value, string note)
        {
            Word(name, note.Length == 0 ? value.ToString() : Format.Left(value.ToString(), 12) + note);
        }

        public void Word(string name, string value)
        {
            Output.WriteLine("  " + Format.Left(name, 18) + value);
        }

        protected override bool Print(int step)
        {
            ControlBlock.Show(step, _connection, _application.OwnerOf(_connection.Index), this);
            return step < ControlBlock.Groups - 1;
        }
    }

    private sealed class JsonFields : JsonListing, IFieldSink
    {
        private readonly Application _application;
        private readonly TcpConnection _connection;

        public JsonFields(Application application, TextOutput output, TcpConnection connection)
            : base(output)
        {
            _application = application;
            _connection = connection;
        }

        public void Group(string title)
        {
        }

        public void Number(string name, long value, string note)
        {
            Json.Number(name, value);
        }

        public void Word(string name, string value)
        {
            Json.String(name, value);
        }

        protected override bool Compose(int step)
        {
            if (step == 0)
            {
                Json.Begin(null, '{');
            }

            ControlBlock.Show(step, _connection, _application.OwnerOf(_connection.Index), this);
            if (step < ControlBlock.Groups - 1)
            {
                return true;
            }

            Json.End('}');
            return false;
        }
    }
}
