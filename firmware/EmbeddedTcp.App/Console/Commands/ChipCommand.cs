namespace EmbeddedTcp.App;

/// <summary>Prints what the device says of itself.</summary>
public sealed class ChipCommand : Command
{
    /// <summary>The command.</summary>
    public ChipCommand()
        : base("chip", "", "the Ethernet chip and its registers, decoded")
    {
    }

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        string text = application.Net.Device.Describe();
        int start = 0;
        while (start < text.Length)
        {
            int end = text.IndexOf('\n', start);
            if (end < 0)
            {
                end = text.Length;
            }

            output.WriteLine(text.Substring(start, end - start));
            start = end + 1;
        }

        return null;
    }
}
