using System;
using System.Net;
using System.Net.Sockets;
using EmbeddedTcp.App;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.VirtualBoard;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Tap;

/// <summary>
/// A network of its own with the Linux kernel at 10.77.0.1 and a virtual board at 10.77.0.2 on a TAP interface t0 between
/// them. At the end the board's slots must be free and its capture clean.
/// </summary>
internal sealed class TapLab : IDisposable
{
    public const string Interface = "t0";
    public const string BoardAddress = "10.77.0.2";
    public const string HostAddress = "10.77.0.1";

    private readonly TemporaryFolder _folder = new();
    private readonly TestContext _context;

    private TapLab(NetworkNamespace network, BoardSettings settings, TestContext context, Service? service)
    {
        Network = network;
        _context = context;
        CapturePath = _folder.File("wire.pcapng");
        Running = RunningBoard.Start(settings with { TapName = Interface, CapturePath = CapturePath }, network, service);
    }

    public NetworkNamespace Network { get; }

    public RunningBoard Running { get; }

    public string CapturePath { get; }

    /// <summary>Sets everything up, or skips the test and says why.</summary>
    public static TapLab Start(TestContext context, BoardSettings? settings = null, Service? service = null)
    {
        NetworkNamespace network = NetworkNamespace.Create();
        try
        {
            return new TapLab(network, settings ?? new BoardSettings(), context, service);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Connects a socket of the kernel to the board.</summary>
    public HostSocket Connect(int port)
    {
        return Network.Run(() => HostSocket.Connect(BoardAddress, port));
    }

    /// <summary>A listening socket of the kernel.</summary>
    public Socket Listen(int port)
    {
        return Network.Run(() =>
        {
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Any, port));
            listener.Listen();
            return listener;
        });
    }

    /// <summary>A station of its own on the wire, at 10.77.0.77.</summary>
    public RawPeer RawPeer()
    {
        return new RawPeer(Network, Interface, 0x0A4D004D, 0x0A4D0002);
    }

    /// <summary>One of the firmware's services.</summary>
    public T Ask<T, TService>(Func<TService, T> question)
        where TService : Service
    {
        return Running.Ask(board =>
        {
            Dispatcher dispatcher = board.Application.Dispatcher;
            for (int i = 0; i < dispatcher.ServiceCount; i++)
            {
                if (dispatcher.ServiceAt(i) is TService service)
                {
                    return question(service);
                }
            }

            throw new InvalidOperationException("no such service");
        });
    }

    /// <summary>Ends the board and looks at what it leaves behind.</summary>
    public void Finish(int secondsForSlots = 10)
    {
        Running.WaitUntilEverySlotIsFree(secondsForSlots);
        Assert.AreEqual(0, Running.Ask(b => b.Chip.Violations), Running.Ask(b => b.Chip.FirstViolation));
        Running.Dispose();
        Capture.AssertClean(CapturePath, _context);
    }

    public void Dispose()
    {
        try
        {
            Running.Dispose();
        }
        finally
        {
            Network.Dispose();
            _folder.Dispose();
        }
    }
}
