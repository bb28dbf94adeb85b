namespace EmbeddedTcp.App;

/// <summary>
/// The receiving half of a network virtual terminal (RFC 854): takes commands out of the stream and refuses every option but two.
/// </summary>
/// <remarks>
/// A client that has shown by a command that it speaks Telnet is offered to have its characters echoed, one by one as they are typed (RFC 857,
/// RFC 858), so that words can be completed. One that says nothing of the kind edits and echoes lines itself.
/// </remarks>
public sealed class TelnetCodec
{
    private const byte Iac = 255;
    private const byte Dont = 254;
    private const byte Do = 253;
    private const byte Wont = 252;
    private const byte Will = 251;
    private const byte SubnegotiationBegin = 250;
    private const byte SubnegotiationEnd = 240;
    private const byte InterruptProcess = 244;

    private const byte OptionEcho = 1;
    private const byte OptionSuppressGoAhead = 3;

    private const int Text = 0;
    private const int Command = 1;
    private const int Option = 2;
    private const int Parameters = 3;
    private const int ParametersCommand = 4;

    private readonly OutputRing _replies;
    private int _state;
    private byte _command;
    private bool _offered;

    /// <summary>A codec whose replies go to a ring.</summary>
    public TelnetCodec(OutputRing replies)
    {
        _replies = replies;
    }

    /// <summary>True once the client wants its characters echoed.</summary>
    public bool Echoes { get; private set; }

    /// <summary>Takes a byte.</summary>
    /// <returns>A byte of text (Ctrl+C for the command that interrupts), or −1.</returns>
    public int Feed(byte value)
    {
        switch (_state)
        {
            case Command:
                return FeedCommand(value);
            case Option:
                _state = Text;
                Negotiate(value);
                return -1;
            case Parameters:
                _state = value == Iac ? ParametersCommand : Parameters;
                return -1;
            case ParametersCommand:
                _state = value == SubnegotiationEnd ? Text : Parameters;
                return -1;
            default:
                if (value == Iac)
                {
                    _state = Command;
                    return -1;
                }

                // RFC 854: CR NUL is a carriage return alone.
                return value == 0 ? -1 : value;
        }
    }

    /// <summary>A new connection.</summary>
    public void Reset()
    {
        _state = Text;
        _offered = false;
        Echoes = false;
    }

    private int FeedCommand(byte value)
    {
        _state = Text;
        if (value >= Will && value <= Dont)
        {
            _command = value;
            _state = Option;
        }
        else if (value == SubnegotiationBegin)
        {
            _state = Parameters;
        }
        else if (value == InterruptProcess)
        {
            return LineEditor.Interrupt;
        }

        return value == Iac ? Iac : -1;
    }

    private void Negotiate(byte option)
    {
        if (!_offered && (_command == Do || _command == Will))
        {
            _offered = true;
            Reply(Will, OptionEcho);
            Reply(Will, OptionSuppressGoAhead);
        }

        if (option == OptionEcho && (_command == Do || _command == Dont))
        {
            Echoes = _command == Do; // The answer to our offer, and none is due.
        }
        else if (option != OptionSuppressGoAhead || _command != Do)
        {
            Refuse(option);
        }
    }

    // WONT and DONT ask for what is the case anyway, and are not answered: that is what keeps two ends from arguing for ever.
    private void Refuse(byte option)
    {
        if (_command == Do || _command == Will)
        {
            Reply(_command == Do ? Wont : Dont, option);
        }
    }

    private void Reply(byte command, byte option)
    {
        if (_replies.Size - _replies.Count >= 3)
        {
            _replies.Put(Iac);
            _replies.Put(command);
            _replies.Put(option);
        }
    }
}
