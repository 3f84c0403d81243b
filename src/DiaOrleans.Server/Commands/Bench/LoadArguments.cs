using System.CommandLine;
using DiaOrleans.Server.Commands.Bench.Load;
using static System.FormattableString;

namespace DiaOrleans.Server.Commands.Bench;

/// <summary>The arguments of <c>bench serve</c>.</summary>
internal sealed class LoadArguments
{
    private const int MaxClients = 10_000;
    private const int MaxText = 10_000;

    private readonly Argument<string> _url = new("url") { Description = "Address of the server, such as http://127.0.0.1:7860." };
    private readonly Option<string> _clients = Text("--clients", "1", "Clients that are always busy; several numbers are runs: 1,8,32.");
    private readonly Option<string?> _rate = new("--rate")
    {
        Description = "Requests that arrive in a second at random times, instead of clients; also several.",
    };

    private readonly Option<double> _seconds = new("--seconds") { Description = "Length of each run.", DefaultValueFactory = _ => 20 };
    private readonly Option<LoadRoute> _route = new("--route") { Description = "generate (default), openai or job." };
    private readonly Option<bool> _stream = new("--stream") { Description = "Audio is sent while it is made, on OpenAI's route." };
    private readonly Option<string> _format = Text("--format", "wav", "Audio format.");
    private readonly Option<string> _voice = Text("--voice", "bench", "Voice; bench is created.");
    private readonly Option<string> _model = Text("--model-name", "dia", "Model that OpenAI's route names.");
    private readonly Option<string> _text = Text("--text", "40-160", "Characters of the texts: shortest-longest.");
    private readonly Option<int> _seed = new("--seed") { Description = "Seed of texts and requests.", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _key = new("--key") { Description = "API key." };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_url);
        Option[] options = [_clients, _rate, _seconds, _route, _stream, _format, _voice, _model, _text, _seed, _key];
        foreach (var option in options) command.Options.Add(option);
    }

    /// <summary>The runs that a command line asks for; the number of clients has no effect on a plan with a rate.</summary>
    /// <exception cref="FormatException">A value is wrong.</exception>
    public IReadOnlyList<(LoadPlan Plan, int Clients)> Read(ParseResult parsed)
    {
        var (shortest, longest) = ReadSpread(parsed.GetRequiredValue(_text));
        var plan = new LoadPlan
        {
            Server = ReadAddress(parsed.GetRequiredValue(_url)),
            Route = parsed.GetValue(_stream) ? LoadRoute.OpenAi : parsed.GetValue(_route),
            IsStreamed = parsed.GetValue(_stream),
            Format = parsed.GetRequiredValue(_format),
            Voice = parsed.GetRequiredValue(_voice),
            Model = parsed.GetRequiredValue(_model),
            Key = parsed.GetValue(_key),
            ShortestText = shortest,
            LongestText = longest,
            Duration = TimeSpan.FromSeconds(parsed.GetValue(_seconds)),
            Seed = parsed.GetValue(_seed),
        };
        return ReadLoads(plan, parsed.GetRequiredValue(_clients), parsed.GetValue(_rate));
    }

    /// <summary>A run for each number of clients, or for each rate.</summary>
    /// <exception cref="FormatException">A number is wrong.</exception>
    internal static IReadOnlyList<(LoadPlan Plan, int Clients)> ReadLoads(LoadPlan plan, string clients, string? rate)
    {
        if (rate is not null) return [.. ReadNumbers("--rate", rate, 0.001, MaxClients).Select(value => (plan with { Rate = value }, 0))];
        return [.. ReadNumbers("--clients", clients, 1, MaxClients).Select(value => (plan, (int)value))];
    }

    /// <summary>Two lengths with a hyphen between them, or one.</summary>
    /// <exception cref="FormatException">They are wrong.</exception>
    internal static (int Shortest, int Longest) ReadSpread(string text)
    {
        var parts = text.Split('-');
        var areNumbers = int.TryParse(parts[0], out var from) & int.TryParse(parts[^1], out var to);
        if (parts.Length <= 2 && areNumbers && from >= 1 && from <= to && to <= MaxText) return (from, to);
        throw new FormatException($"--text is '{text}'; expected two lengths such as 40-160, 1 to {MaxText}.");
    }

    private static Option<string> Text(string name, string value, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static Uri ReadAddress(string text) =>
        Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new FormatException($"'{text}' is no http or https address.");

    private static double[] ReadNumbers(string name, string text, double least, double most)
    {
        var numbers = text.Split(',').Select(part => double.TryParse(part, out var value) ? value : double.NaN).ToArray();
        if (Array.TrueForAll(numbers, value => value >= least && value <= most)) return numbers;
        throw new FormatException(Invariant($"{name} is '{text}'; expected numbers of {least} to {most}, separated by commas."));
    }
}
