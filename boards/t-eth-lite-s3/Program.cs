namespace EmbeddedTcp.Boards;

/// <summary>The firmware's start.</summary>
public static class Program
{
    /// <summary>Boots the board that Board.cs describes.</summary>
    public static void Main()
    {
        Esp32.Run(Board.Create(), ChosenApp.Name);
    }
}
