using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace DiaOrleans.Server.Commands.Bench.Load;

/// <summary>
/// Draws results over the number of clients, or the rate: seconds of audio made in a second, time to the first byte, and time to the whole
/// answer.
/// </summary>
internal static class LoadPlot
{
    private const double Width = 800;
    private const double Height = 900;
    private const double Gap = 0.03;

    /// <summary>One whose widths the exporter knows; others are drawn over each other.</summary>
    private const string Font = "Arial";

    /// <summary>Writes an SVG file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="title">Title.</param>
    /// <param name="results">One or more results, by clients or by rate.</param>
    public static void Write(string path, string title, IReadOnlyList<LoadResult> results)
    {
        var model = new PlotModel { Title = title, Background = OxyColors.White, DefaultFont = Font };
        var isByRate = results[0].Rate is not null;
        model.Axes.Add(new LogarithmicAxis
        {
            Position = AxisPosition.Bottom,
            Title = isByRate ? "requests a second" : "clients",
            Base = 2,
            MinimumPadding = 0.05,
            MaximumPadding = 0.05,
            StringFormat = "0.##",
            AxisTitleDistance = 8,
            MajorGridlineStyle = LineStyle.Dot,
        });
        model.Legends.Add(new Legend
        {
            LegendPosition = LegendPosition.RightMiddle,
            LegendPlacement = LegendPlacement.Outside,
            LegendLineSpacing = 6,
        });
        var speeds = results.Select(At(r => r.AudioPerSecond));
        AddPanel(model, 0, new LinearAxis { Minimum = 0 }, "audio seconds a second", (null, OxyColors.SteelBlue, speeds));
        AddTimes(model, 1, "time to first byte, s", hasLegend: true, results, r => r.FirstByte);
        AddTimes(model, 2, "time to whole answer, s", hasLegend: false, results, r => r.Whole);
        using var file = File.Create(path);
        new SvgExporter { Width = Width, Height = Height }.Export(model, file);

        Func<LoadResult, DataPoint> At(Func<LoadResult, double> value) =>
            result => new DataPoint(result.Clients ?? result.Rate!.Value, value(result));
    }

    /// <summary>
    /// Both panels of times have lines of the same colours, so that one legend is for both. They are logarithmic: one client waits for some
    /// hundredths of a second, a hundred for many seconds.
    /// </summary>
    private static void AddTimes(
        PlotModel model,
        int panel,
        string title,
        bool hasLegend,
        IReadOnlyList<LoadResult> results,
        Func<LoadResult, Percentiles?> times)
    {
        AddPanel(
            model,
            panel,
            new LogarithmicAxis { MinimumPadding = 0.1, StringFormat = "0.####" },
            title,
            (hasLegend ? "p50" : null, OxyColors.SeaGreen, Points(p => p.P50)),
            (hasLegend ? "p95" : null, OxyColors.DarkOrange, Points(p => p.P95)),
            (hasLegend ? "p99" : null, OxyColors.Firebrick, Points(p => p.P99)));

        IEnumerable<DataPoint> Points(Func<Percentiles, double> value) =>
            from result in results
            let found = times(result)
            where found is not null
            select new DataPoint(result.Clients ?? result.Rate!.Value, value(found));
    }

    /// <summary>Panels lie above each other, the first at the top.</summary>
    private static void AddPanel(
        PlotModel model,
        int panel,
        Axis axis,
        string title,
        params (string? Title, OxyColor Colour, IEnumerable<DataPoint> Points)[] lines)
    {
        const int Panels = 3;
        axis.Key = $"panel {panel}";
        axis.Position = AxisPosition.Left;
        axis.Title = title;
        axis.AxisTitleDistance = 16;
        axis.MaximumPadding = 0.1;
        axis.StartPosition = (double)(Panels - 1 - panel) / Panels;
        axis.EndPosition = (double)(Panels - panel) / Panels - Gap;
        axis.MajorGridlineStyle = LineStyle.Dot;
        model.Axes.Add(axis);
        foreach (var (name, colour, points) in lines)
        {
            var series = new LineSeries
            {
                Title = name,
                Color = colour,
                YAxisKey = axis.Key,
                MarkerType = MarkerType.Circle,
                MarkerSize = 3,
            };
            series.Points.AddRange(points);
            model.Series.Add(series);
        }
    }
}
