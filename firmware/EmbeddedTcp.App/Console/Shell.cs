using System;

namespace EmbeddedTcp.App;

/// <summary>
/// The serial console's input: takes characters or lines, executes one command after the other, and turns the one that
/// takes its time with the poll loop.
/// </summary>
/// <remarks>
/// Lines wait in a queue of fixed size until the command before them is done, so that a script can be piped in; whoever feeds
/// one looks at <see cref="HasRoom"/> first. Ctrl+C (U+0003) is obeyed at once.
/// </remarks>
public sealed class Shell
{
    /// <summary>Lines that can wait.</summary>
    public const int QueueLength = 16;

    /// <summary>Commands at most.</summary>
    public const int MaxCommands = 32;

    /// <summary>What <see cref="Run"/> returns when nothing is to be done, in milliseconds.</summary>
    public const int LongestWait = 60000;

    /// <summary>Words in a line at most, the verb included.</summary>
    public const int MaxWords = 8;

    private const char Tab = '\t';

    private readonly Application _application;
    private readonly TextOutput _output;
    private readonly Command[] _commands = new Command[MaxCommands];
    private readonly string[] _queue = new string[QueueLength];
    private int _first;
    private int _waiting;
    private Job _job;
    private bool _started;

    /// <summary>A shell with the application's commands.</summary>
    public Shell(Application application, TextOutput output)
    {
        _application = application;
        _output = output;
        Editor = new LineEditor(output);
        Prompt = "";
        ExitSummary = "closes all connections and stops the board";
        Add(new HelpCommand(this));
        Add(new IfconfigCommand());
        Add(new ArpCommand());
        Add(new NetstatCommand());
        Add(new TcpCommand());
        Add(new StatsCommand());
        Add(new ChipCommand());
        Add(new MemCommand());
        Add(new PingCommand());
        Add(new ConnectCommand());
        Add(new UdpCommand());
        Add(new DhcpCommand());
        Add(new DigCommand());
        Add(new NtpCommand());
        Add(new ListenCommand());
        Add(new KillCommand());
        Add(new SetCommand());
        Add(new TraceCommand());
        Add(new FsmCommand());
        Add(new UptimeCommand());
        Add(new ExitCommand(this));
    }

    /// <summary>Makes lines of characters.</summary>
    public LineEditor Editor { get; }

    /// <summary>Printed when a line is awaited; empty at first, as scripts want it.</summary>
    public string Prompt { get; set; }

    /// <summary>What <c>exit</c> does here, in a few words: that is the board's business.</summary>
    public string ExitSummary { get; set; }

    /// <summary>True once the person at the console asked for the end. What that means is the board's business.</summary>
    public bool ExitRequested { get; set; }

    /// <summary>Commands there are.</summary>
    public int CommandCount { get; private set; }

    /// <summary>Lines that were not taken, because the queue was full or the line too long.</summary>
    public int LinesRefused { get; private set; }

    /// <summary>True when another line can be fed.</summary>
    public bool HasRoom => _waiting < QueueLength;

    /// <summary>True while a command is running that takes its time: what is typed is for it, or to interrupt it.</summary>
    public bool Busy => _job != null;

    /// <summary>True when no command is running and no line is waiting.</summary>
    public bool Idle => _job == null && _waiting == 0;

    /// <summary>Bytes of fixed memory: the editor's line and the tables; waiting lines come on top.</summary>
    public int MemoryBytes => (LineEditor.MaxLine * 2) + ((QueueLength + MaxCommands) * 4);

    /// <summary>A command of the table.</summary>
    /// <param name="index">0 to <see cref="CommandCount"/> − 1.</param>
    public Command CommandAt(int index)
    {
        return _commands[index];
    }

    /// <summary>Adds a command of the board's own.</summary>
    /// <returns>False when there is no room for another.</returns>
    public bool Add(Command command)
    {
        if (CommandCount == MaxCommands)
        {
            return false;
        }

        _commands[CommandCount++] = command;
        return true;
    }

    /// <summary>Finds a command by its name.</summary>
    /// <returns>Null when there is none.</returns>
    public Command Find(string name)
    {
        for (int i = 0; i < CommandCount; i++)
        {
            if (_commands[i].Name == name)
            {
                return _commands[i];
            }
        }

        return null;
    }

    /// <summary>The application is open: says what can be typed.</summary>
    public void Start()
    {
        _started = true;
        _output.WriteLine("ready: type help");
        PrintPrompt();
    }

    /// <summary>Takes a character as it was typed.</summary>
    /// <returns>False when it completed a line that could not be taken.</returns>
    public bool Feed(char c)
    {
        if (c == LineEditor.Interrupt)
        {
            Editor.Clear();
            Interrupt();
            return true;
        }

        if (c == Tab)
        {
            Complete();
            return true;
        }

        string line = Editor.Feed(c);
        return line == null || (Editor.TooLong ? Refuse("line too long (at most " + LineEditor.MaxLine.ToString() + " characters)") : FeedLine(line));
    }

    /// <summary>Takes a line without its end. A line that holds Ctrl+C only interrupts.</summary>
    /// <returns>False when the queue is full; the line is lost then.</returns>
    public bool FeedLine(string line)
    {
        if (line.IndexOf(LineEditor.Interrupt) >= 0)
        {
            Interrupt();
            return true;
        }

        if (line.Length > LineEditor.MaxLine)
        {
            return Refuse("line too long (at most " + LineEditor.MaxLine.ToString() + " characters)");
        }

        if (!HasRoom)
        {
            return Refuse("too many lines are waiting: \"" + line + "\" is lost");
        }

        _queue[(_first + _waiting) % QueueLength] = line;
        _waiting++;
        return true;
    }

    /// <summary>Turns the running command and executes waiting lines.</summary>
    /// <param name="nowMs">The time in milliseconds.</param>
    /// <returns>Milliseconds until it wants another turn.</returns>
    public int Run(long nowMs)
    {
        bool worked = false;
        while (!ExitRequested)
        {
            if (_job != null)
            {
                while (_waiting != 0 && _job.WantsLine)
                {
                    _job.TakeLine(TakeWaiting());
                }

                int wait = RunJob(nowMs);
                if (_job != null)
                {
                    return wait;
                }

                worked = true;
            }
            else if (_waiting != 0)
            {
                Execute(TakeWaiting());
                worked = true;
            }
            else
            {
                break;
            }

            if (_job == null && !ExitRequested)
            {
                PrintPrompt();
            }
        }

        return worked ? 0 : LongestWait; // What a command has done may be work for the rest of the loop.
    }

    /// <summary>The application stops: the running command ends, waiting lines are forgotten.</summary>
    public void Stop()
    {
        _waiting = 0;
        if (_job != null)
        {
            _job.Abort();
        }
    }

    /// <summary>Whoever typed is gone: as <see cref="Stop"/>, and nothing of it is left for the next one.</summary>
    public void Reset()
    {
        Stop();
        _job = null;
        Editor.Clear();
    }

    // Where the terminal shows what it is sent, which a completed word needs; else a tab is a space.
    private void Complete()
    {
        string line = Editor.Line;
        if (!Editor.Echo || _job != null || line == null)
        {
            Editor.Feed(' ');
            return;
        }

        string more = Completion.Of(this, line, _output);
        for (int i = 0; i < more.Length; i++)
        {
            Editor.Feed(more[i]);
        }
    }

    private string TakeWaiting()
    {
        string line = _queue[_first];
        _queue[_first] = null;
        _first = (_first + 1) % QueueLength;
        _waiting--;
        return line;
    }

    private void Interrupt()
    {
        if (_job != null)
        {
            _job.Abort();
        }
        else if (_started)
        {
            PrintPrompt();
        }
    }

    private int RunJob(long nowMs)
    {
        int wait = 0;
        try
        {
            wait = _job.Run(nowMs);
            if (_job.Done)
            {
                if (_job.DropsLines && _waiting != 0)
                {
                    _output.WriteLine("(" + Format.Count(_waiting, "line") + " not sent)");
                    _waiting = 0;
                }

                _job = null;
            }
        }
        catch (Exception e)
        {
            Report(e);
            _job = null;
        }

        return wait;
    }

    private void Execute(string line)
    {
        string[] words = Words.Split(line, MaxWords);
        if (words == null)
        {
            _output.WriteLine("too many words (at most " + MaxWords.ToString() + ")");
            return;
        }

        if (words.Length == 0)
        {
            return;
        }

        Command command = Find(words[0]);
        if (command == null)
        {
            string near = Words.Nearest(words[0], this);
            _output.WriteLine(words[0] + ": no such command; " + (near == null ? "help lists them" : "did you mean " + near + "?"));
            return;
        }

        string[] arguments = new string[words.Length - 1];
        Array.Copy(words, 1, arguments, 0, arguments.Length);
        try
        {
            _job = command.Run(_application, _output, arguments);
        }
        catch (Exception e)
        {
            Report(e);
        }
    }

    private void Report(Exception e)
    {
        _output.WriteLine("fault in the command: " + e.GetType().FullName + ": " + e.Message);
    }

    private bool Refuse(string why)
    {
        LinesRefused++;
        _output.WriteLine(why);
        return false;
    }

    private void PrintPrompt()
    {
        if (Prompt.Length != 0)
        {
            _output.Write(Prompt);
        }
    }
}
