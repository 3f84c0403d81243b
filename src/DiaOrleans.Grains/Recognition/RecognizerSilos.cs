using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.SiloReports;

namespace DiaOrleans.Grains.Recognition;

/// <summary>The silos that recognise speech: what they can do together, and which of them carries an order out.</summary>
/// <param name="reports">The last reports of all silos of the cluster.</param>
internal sealed class RecognizerSilos(IReadOnlyList<SiloReport> reports)
{
    /// <summary>Said if no silo recognises.</summary>
    public const string None = "Speech recognition is off on every silo (the setting Recognition).";

    /// <summary>Said if no silo that answers recognises, and one of the others may.</summary>
    public const string NoneAnswers = "No silo that recognises speech answers.";

    private readonly SiloReport[] _silos = [.. reports.Where(report => report.Recognizer is not null)];

    /// <summary>Whether a silo does not answer, which may recognise.</summary>
    public bool IsPartial => reports.Any(report => !report.IsFresh);

    /// <summary>
    /// The state in the whole cluster with a model of this size. A silo that does not answer counts as one that does not recognise.
    /// </summary>
    public RecognizerStatus GetStatus(string modelSize)
    {
        RecognizerStatus[] all = [.. _silos.Where(silo => silo.IsFresh).Select(silo => silo.Recognizer!.Find(modelSize))];
        return new RecognizerStatus(
            all.Any(one => one.Available),
            all.Any(one => one.AvailableUnasked),
            all.Any(one => one.OnDisk),
            all.Any(one => one.ModelLoaded),
            Describe(modelSize));
    }

    /// <summary>
    /// Names of the silos in the order in which they are asked: those that answer first, of them those with the model on disk, then those
    /// that may download it, and of equal ones by the order's digest. So silos that give the same order at the same time ask the same one,
    /// which carries it out once, and the recordings are spread over all.
    /// </summary>
    public IReadOnlyList<string> InTurn(RecognitionOrder order) =>
    [
        .. _silos
            .OrderBy(silo => !silo.IsFresh)
            .ThenBy(silo => !silo.Recognizer!.Find(order.ModelSize).OnDisk)
            .ThenBy(silo => !CanHave(silo.Recognizer!.Find(order.ModelSize), order.Asked))
            .ThenBy(silo => Weigh(silo.Silo, order.Digest))
            .ThenBy(silo => silo.Silo, StringComparer.Ordinal)
            .Select(silo => silo.Silo),
    ];

    /// <summary>Names of the silos that answer and have the model on disk.</summary>
    public IReadOnlyList<string> WithModel(string modelSize) =>
        [.. _silos.Where(silo => silo.IsFresh && silo.Recognizer!.Find(modelSize).OnDisk).Select(silo => silo.Silo)];

    private static bool CanHave(RecognizerStatus status, bool asked) => asked ? status.Available : status.AvailableUnasked;

    /// <summary>A number that is evenly distributed over silos and digests, and the same on every silo.</summary>
    private static ulong Weigh(string silo, string digest) =>
        BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{silo}/{digest}")));

    /// <summary>The sentence of a silo that is alone; else the sentences with the names of the silos that they are about.</summary>
    private string Describe(string modelSize)
    {
        if (_silos.Length == 0) return IsPartial ? NoneAnswers : None;
        if (reports.Count == 1) return SentenceOf(_silos[0], modelSize);
        var groups = _silos.GroupBy(silo => SentenceOf(silo, modelSize), silo => silo.Silo);
        return string.Join(' ', groups.Select(group => $"{string.Join(", ", group)}: {group.Key}"));
    }

    private static string SentenceOf(SiloReport silo, string modelSize) =>
        silo.IsFresh ? silo.Recognizer!.Find(modelSize).Message : "Does not answer.";
}
