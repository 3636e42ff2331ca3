// What ASP.NET Core answers in the same number of bytes when nobody has thought about speed, and when somebody has.

const string Body = """{"id":"378432687628619776"}""";
var bytes = System.Text.Encoding.ASCII.GetBytes(Body);

var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
var app = builder.Build();

// The stock endpoint, with which everything else is compared.
app.MapGet("/id", () => Body);
app.MapGet("/ids/{count:int}", (int count) => new { ids = Enumerable.Repeat("378432687628619776", count) });

// The same pipeline with as little as possible in it: bytes made beforehand, nothing to serialize, nothing to negotiate.
app.MapGet("/lean", context =>
{
    context.Response.ContentType = "application/json";
    context.Response.ContentLength = bytes.Length;
    return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
});

app.Run();
