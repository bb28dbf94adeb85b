using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using EmbeddedTcp.VirtualBoard.Lab.Draw;
using EmbeddedTcp.VirtualBoard.Lab.Play;
using EmbeddedTcp.VirtualBoard.Lab.Scenarios;

namespace EmbeddedTcp.VirtualBoard.Lab;

/// <summary>The command <c>lab</c>: lists, plays, draws and checks the textbook's scenarios.</summary>
public static class LabProgram
{
    private const int Ended = 0;
    private const int Wrong = 1;
    private const int BadOption = 2;

    /// <summary>Does what the arguments after <c>lab</c> ask for.</summary>
    /// <returns>0: done and, if that was asked, right; 1: a scenario is not as it must be; 2: an argument is wrong.</returns>
    public static int Run(string[] arguments)
    {
        string? error = new LabCommandLine().Read(arguments, Console.Out, out LabRequest? request);
        if (error != null)
        {
            Console.Error.WriteLine("error: " + error + " (lab --help explains the options)");
            return BadOption;
        }

        if (request == null)
        {
            return Ended;
        }

        try
        {
            return Do(request);
        }
        catch (LabException e)
        {
            Console.Error.WriteLine("error: " + e.Message);
            return Wrong;
        }
        catch (ArgumentException e)
        {
            // An option of the stack that is out of its range; the message names it.
            Console.Error.WriteLine("error: " + e.Message);
            return BadOption;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine("error: " + e.Message.ReplaceLineEndings(" "));
            return BadOption;
        }
    }

    private static int Do(LabRequest request)
    {
        if (request.DocumentFolder != null)
        {
            int files = Documents.Write(request.DocumentFolder);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{files} files in {request.DocumentFolder}"));
            return Ended;
        }

        if (request.Scenarios.Count == 0)
        {
            List();
            return Ended;
        }

        return request.Quiet ? CheckAll(request) : request.Scenarios.Max(s => Play(s, request));
    }

    private static void List()
    {
        Console.WriteLine("Scenarios of the textbook, played between two stacks:");
        Console.WriteLine();
        foreach (Scenario s in Catalogue.All)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{s.Number,4}  {s.Name,-20} {s.Title}"));
        }

        Console.WriteLine();
        Console.WriteLine("lab NAME plays one, lab --all --check all of them; lab --help explains the options.");
    }

    private static int Play(Scenario scenario, LabRequest request)
    {
        var screen = Screen.For(scenario, request);
        LabStage stage = scenario.Run(request.Options, screen);
        IReadOnlyList<string>? complaints = request.Options.AsWritten ? scenario.Check(stage) : null;
        screen.End(stage, complaints);
        Drawings.Save(scenario, stage, request);
        return request.Check && complaints is { Count: > 0 } ? Wrong : Ended;
    }

    private static int CheckAll(LabRequest request)
    {
        int failed = 0;
        using var progress = new ProgressLine(request.Scenarios.Count);
        foreach (Scenario scenario in request.Scenarios)
        {
            progress.At(scenario.Name);
            IReadOnlyList<string> complaints;
            LabStage? stage = null;
            try
            {
                stage = scenario.Run(request.Options);
                complaints = scenario.Check(stage);
            }
            catch (LabException e)
            {
                complaints = [e.Message];
            }

            failed += complaints.Count > 0 ? 1 : 0;
            progress.Done(string.Create(
                CultureInfo.InvariantCulture,
                $"{(complaints.Count == 0 ? "ok    " : "WRONG ")} {scenario.Number,2}  {scenario.Name,-20} {stage?.Flights.Count ?? 0,4} segments, {Times.Span(stage?.Elapsed ?? 0)}"));
            foreach (string complaint in complaints)
            {
                progress.Done("       " + complaint);
            }
        }

        progress.Done(failed == 0 ? $"all {request.Scenarios.Count} are as they must be" : $"{failed} of {request.Scenarios.Count} are wrong");
        return failed == 0 ? Ended : Wrong;
    }
}
