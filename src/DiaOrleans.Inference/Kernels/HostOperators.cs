using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Kernels;

/// <summary>The operators that this program computes on the host. Thread-safe.</summary>
internal static unsafe class HostOperators
{
    /// <summary>Their domain in a graph.</summary>
    public const string Domain = "diaorleans";

    private static readonly HostOperator[] All =
    [
        new Snake(),
        new UpsamplingBlock(isLast: false),
        new UpsamplingBlock(isLast: true),
        new SelfAttention(narrow: false),
        new SelfAttention(narrow: true),
        new CrossAttention(narrow: false),
        new CrossAttention(narrow: true),
        new GuidedTopK(),
        new QuantisedLinear(),
    ];

    // OrtCustomOpDomain. All sessions share it, and it is never released.
    private static readonly Lazy<nint> Registered = new(Register);

    /// <summary>Lets sessions of these options compute them.</summary>
    public static void AddTo(SessionOptions options)
    {
        var add = (delegate* unmanaged<nint, nint, nint>)OrtNative.Api->AddCustomOpDomain;
        OrtNative.Check(add(options.DangerousGetHandle(), Registered.Value));
        GC.KeepAlive(options);
    }

    private static nint Register()
    {
        nint domain;
        var api = OrtNative.Api;
        var name = Marshal.StringToCoTaskMemUTF8(Domain);
        OrtNative.Check(((delegate* unmanaged<nint, nint*, nint>)api->CreateCustomOpDomain)(name, &domain));
        var add = (delegate* unmanaged<nint, CustomOp*, nint>)api->CustomOpDomain_Add;
        foreach (var host in All) OrtNative.Check(add(domain, CustomOp.Create(host)));
        return domain;
    }
}
