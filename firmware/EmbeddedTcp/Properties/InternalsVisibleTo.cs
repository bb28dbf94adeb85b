using System.Runtime.CompilerServices;

// The tests of the parts (rings, tables, estimator) reach what no application needs. The unit tests have a second name on the device.
[assembly: InternalsVisibleTo("EmbeddedTcp.UnitTests")]
[assembly: InternalsVisibleTo("NFUnitTest")]
[assembly: InternalsVisibleTo("EmbeddedTcp.ConformanceTests")]
[assembly: InternalsVisibleTo("EmbeddedTcp.StormTests")]
[assembly: InternalsVisibleTo("EmbeddedTcp.Bench")]
