global using System;
global using System.Collections.Generic;
global using System.Linq;
global using EmbeddedTcp.ConformanceTests.Support;
global using EmbeddedTcp.Diagnostics;
global using EmbeddedTcp.Link;
global using EmbeddedTcp.Tcp;
global using Microsoft.VisualStudio.TestTools.UnitTesting;

[assembly: Parallelize(Scope = ExecutionScope.ClassLevel)]
