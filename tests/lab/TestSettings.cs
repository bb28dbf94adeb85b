global using System;
global using System.Collections.Generic;
global using System.IO;
global using System.Linq;
global using EmbeddedTcp.InteropTests.Lab;
global using EmbeddedTcp.VirtualBoard.Lab.Play;
global using EmbeddedTcp.VirtualBoard.Lab.Scenarios;
global using Microsoft.VisualStudio.TestTools.UnitTesting;

[assembly: Parallelize(Scope = ExecutionScope.ClassLevel)]
