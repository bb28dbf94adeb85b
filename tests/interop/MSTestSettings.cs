using Microsoft.VisualStudio.TestTools.UnitTesting;

// Most of these tests wait for somebody: a kernel's timer, dnsmasq, a browser. Each has a network namespace or ports of its own.
[assembly: Parallelize(Workers = 3, Scope = ExecutionScope.ClassLevel)]
