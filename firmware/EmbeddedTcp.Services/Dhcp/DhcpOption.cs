namespace EmbeddedTcp.Services.Dhcp;

/// <summary>Option codes of RFC 2132, and the message types.</summary>
internal static class DhcpOption
{
    internal const int Pad = 0;
    internal const int SubnetMask = 1;
    internal const int Router = 3;
    internal const int DomainNameServer = 6;
    internal const int HostName = 12;
    internal const int NtpServers = 42;
    internal const int RequestedAddress = 50;
    internal const int LeaseTime = 51;
    internal const int Overload = 52;
    internal const int MessageType = 53;
    internal const int ServerIdentifier = 54;
    internal const int ParameterList = 55;
    internal const int MaximumMessageSize = 57;
    internal const int RenewalTime = 58;
    internal const int RebindingTime = 59;
    internal const int ClientIdentifier = 61;
    internal const int End = 255;

    internal const int Discover = 1;
    internal const int Offer = 2;
    internal const int Request = 3;
    internal const int Decline = 4;
    internal const int Ack = 5;
    internal const int Nak = 6;
    internal const int Release = 7;
}
