using EmbeddedTcp.Link;

namespace EmbeddedTcp.UnitTests.Support;

/// <summary>Two stacks on one cable in one process, in virtual time.</summary>
public class TwoStacks
{
    /// <summary>10.0.0.1.</summary>
    public const uint AddressA = 0x0A000001;

    /// <summary>10.0.0.2.</summary>
    public const uint AddressB = 0x0A000002;

    /// <summary>The device of stack A.</summary>
    public readonly MemoryDevice DeviceA;

    /// <summary>The device of stack B.</summary>
    public readonly MemoryDevice DeviceB;

    /// <summary>Stack A at 10.0.0.1.</summary>
    public readonly NetworkInterface A;

    /// <summary>Stack B at 10.0.0.2.</summary>
    public NetworkInterface B;

    /// <summary>Virtual time in milliseconds.</summary>
    public long NowMs = 1000;

    private int _waitA;
    private int _waitB;

    /// <summary>Connects two stacks with the given options; addresses are set here.</summary>
    public TwoStacks(StackOptions a, StackOptions b)
        : this(a, b, new MemoryDevice(64), new MemoryDevice(64))
    {
        DeviceA.Peer = DeviceB;
        DeviceB.Peer = DeviceA;
    }

    /// <summary>As the other constructor, on devices that know their peers already.</summary>
    public TwoStacks(StackOptions a, StackOptions b, MemoryDevice deviceA, MemoryDevice deviceB)
    {
        a.Address = AddressA;
        a.MacAddress = new byte[] { 2, 0, 0, 0, 0, 0xA };
        a.BootSecret = Secret(0xA);
        b.Address = AddressB;
        b.MacAddress = new byte[] { 2, 0, 0, 0, 0, 0xB };
        b.BootSecret = Secret(0xB);
        DeviceA = deviceA;
        DeviceB = deviceB;
        A = new NetworkInterface(DeviceA, a);
        B = new NetworkInterface(DeviceB, b);
        A.Open();
        B.Open();
    }

    /// <summary>Two stacks with default options.</summary>
    public TwoStacks()
        : this(new StackOptions(), new StackOptions())
    {
    }

    /// <summary>Stack B is switched off and on: another one at its address, which knows nothing of what was.</summary>
    public void RestartB(StackOptions b)
    {
        b.Address = AddressB;
        b.MacAddress = new byte[] { 2, 0, 0, 0, 0, 0xB };
        b.BootSecret = Secret((byte)NowMs);
        B = new NetworkInterface(DeviceB, b);
        B.Open();
    }

    /// <summary>Polls both until neither has anything to do at this moment.</summary>
    public void Settle()
    {
        for (int turn = 0; turn < 1000; turn++)
        {
            _waitA = A.Poll(NowMs);
            _waitB = B.Poll(NowMs);
            if (_waitA > 0 && _waitB > 0 && DeviceA.Waiting == 0 && DeviceB.Waiting == 0)
            {
                return;
            }
        }
    }

    /// <summary>Lets time pass, deadline by deadline.</summary>
    public void Run(int milliseconds)
    {
        long end = NowMs + milliseconds;
        Settle();
        while (NowMs < end)
        {
            int step = _waitA < _waitB ? _waitA : _waitB;
            step = step > 0 ? step : 1;
            NowMs = step < end - NowMs ? NowMs + step : end;
            Settle();
        }
    }

    private static byte[] Secret(byte fill)
    {
        byte[] secret = new byte[16];
        for (int i = 0; i < secret.Length; i++)
        {
            secret[i] = (byte)(fill * (i + 1));
        }

        return secret;
    }
}
