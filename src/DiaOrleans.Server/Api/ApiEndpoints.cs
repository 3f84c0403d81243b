namespace DiaOrleans.Server.Api;

internal sealed record ApiOptions { public string? ApiKey { get; init; } }

internal static class ApiEndpoints
{
    public static IServiceCollection AddApi(this IServiceCollection services, ApiOptions options) => services.AddSingleton(options);

    public static WebApplication MapApi(this WebApplication app)
    {
        app.MapGet("/health", () => "ok");
        return app;
    }
}
