using EmbeddedTcp.Messaging;
using EmbeddedTcp.UnitTests.Support;

namespace EmbeddedTcp.MessagingTests.Support;

/// <summary>A client at stack A and a listener at stack B, port 4242.</summary>
public class Traffic
{
    /// <summary>The listener's port.</summary>
    public const int Port = 4242;

    /// <summary>The cable's ends.</summary>
    public readonly CableDevice EndA = new CableDevice(), EndB = new CableDevice();

    /// <summary>The stacks.</summary>
    public readonly TwoStacks Stacks;

    /// <summary>Who is told at A, and at B.</summary>
    public readonly Log AtA = new Log(), AtB = new Log();

    /// <summary>The client.</summary>
    public readonly MessageChannel Client;

    /// <summary>The listener.</summary>
    public ChannelListener Listener;

    private readonly ChannelOptions _options;

    /// <summary>Makes both; the client is not open yet.</summary>
    public Traffic(ChannelOptions options, int channels)
    {
        EndA.Peer = EndB;
        EndB.Peer = EndA;
        _options = options;
        Stacks = new TwoStacks(new StackOptions(), new StackOptions(), EndA, EndB);
        Client = new MessageChannel(Stacks.A, options, AtA);
        Listen(channels);
        Stacks.Settle();
    }

    /// <summary>A client that is open, with the default options but for the size of messages.</summary>
    public static Traffic Opened(int maximum)
    {
        Traffic t = new Traffic(new ChannelOptions { MaximumMessage = maximum }, 2);
        t.Open();
        return t;
    }

    /// <summary>Opens the client.</summary>
    public void Open()
    {
        Client.Open(TwoStacks.AddressB, Port);
        Stacks.Settle();
    }

    /// <summary>B is switched off and on, and listens again.</summary>
    public void RestartB()
    {
        Stacks.RestartB(new StackOptions());
        Listen(2);
    }

    /// <summary>Pulls the cable or plugs it in again.</summary>
    public void Plug(bool plugged)
    {
        EndA.Plugged = plugged;
        EndB.Plugged = plugged;
    }

    /// <summary>A message whose octets follow from its first.</summary>
    public static byte[] Message(int first, int length)
    {
        byte[] message = new byte[length];
        for (int i = 0; i < length; i++)
        {
            message[i] = Octet(first, i);
        }

        return message;
    }

    /// <summary>The octet at a place of such a message.</summary>
    public static byte Octet(int first, int place)
    {
        return (byte)(first + place * 7 + (place >> 8));
    }

    private void Listen(int channels)
    {
        Listener = new ChannelListener(Stacks.B, Port, channels, _options, AtB);
        Listener.Open();
    }
}
