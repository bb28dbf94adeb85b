namespace EmbeddedTcp.App;

/// <summary>
/// What a board is for, besides the standard services: a product's own program. firmware/samples has some to begin with.
/// </summary>
/// <remarks>
/// It allocates what it needs when it is made or started. <see cref="Start"/> and <see cref="Stop"/> are called on the poll loop's thread and return at
/// once; what shall go on it hands to a <see cref="Link.NetworkService"/>, a <see cref="Service"/>, or a thread of its own.
/// </remarks>
public abstract class BoardApp
{
    /// <summary>Names the program.</summary>
    /// <param name="name">As it is called on a command line: ASCII, at most 16 characters.</param>
    protected BoardApp(string name)
    {
        Name = name;
    }

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>Takes its place in the application, whose interface is not open yet: the time for services of its own.</summary>
    /// <param name="application">The application.</param>
    public virtual void Attach(Application application)
    {
    }

    /// <summary>The interface is open and the standard services listen.</summary>
    /// <param name="application">The application it was attached to.</param>
    public abstract void Start(Application application);

    /// <summary>The application ends: lets go of what it holds, soon and gracefully.</summary>
    public virtual void Stop()
    {
    }
}
