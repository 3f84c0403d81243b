namespace DiaOrleans.Cluster.Tests;

/// <summary>Tests that take minutes.</summary>
internal static class LongTests
{
    /// <summary>Value of the trait Category of such tests.</summary>
    public const string Category = "Cluster";

    /// <summary>Skips the test if nobody asked for such tests.</summary>
    public static void Require() =>
        Assert.SkipUnless(Environment.GetEnvironmentVariable("DIA_CLUSTER_TESTS") == "1", "takes minutes: ./test.sh --cluster runs it");
}
