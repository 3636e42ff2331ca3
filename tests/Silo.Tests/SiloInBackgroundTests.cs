using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;

namespace IdGenerator.Silo.Tests
{
    /// <summary>Orleans takes long to be made: nothing else that starts waits for that.</summary>
    public sealed class SiloInBackgroundTests : IDisposable
    {
        private readonly SiloHostedService.Log _log = new();
        private readonly ServiceProvider _services;
        private readonly IHostedService[] _hosted;

        public SiloInBackgroundTests()
        {
            var services = new ServiceCollection();
            services.AddSingleton(_log);
            services.AddHostedService<Before>().AddHostedService<SiloHostedService>().AddHostedService<After>();
            SiloInBackground.Replace(services);
            _services = services.BuildServiceProvider();
            _hosted = [.. _services.GetServices<IHostedService>()];
        }

        public void Dispose() => _services.Dispose();

        [Fact]
        public async Task It_is_made_in_its_place_while_the_others_start_and_started_then()
        {
            Assert.Equal([false, true, false], _hosted.Select(service => service is SiloInBackground));

            var start = _hosted[1].StartAsync(CancellationToken.None);
            Assert.False(start.IsCompleted);
            Assert.Empty(_log.Steps);

            _log.MayBeMade.SetResult();
            await start;
            Assert.Equal(["made", "started"], _log.Steps);
        }

        [Fact]
        public async Task A_stop_while_it_is_made_comes_to_it_behind_its_start()
        {
            var start = _hosted[1].StartAsync(CancellationToken.None);
            var stop = _hosted[1].StopAsync(CancellationToken.None);
            Assert.False(stop.IsCompleted);

            _log.MayBeMade.SetResult();
            await Task.WhenAll(start, stop);
            Assert.Equal(["made", "started", "stopped"], _log.Steps);
        }

        [Fact]
        public async Task A_start_that_is_given_up_does_not_wait_until_it_is_made_and_leaves_nothing_to_stop()
        {
            using var givenUp = new CancellationTokenSource();
            var start = _hosted[1].StartAsync(givenUp.Token);
            await givenUp.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
            await _hosted[1].StopAsync(CancellationToken.None);
            Assert.Empty(_log.Steps);
            _log.MayBeMade.SetResult();
        }

        [Fact]
        public async Task Where_it_cannot_be_made_the_start_says_why_and_there_is_nothing_to_stop()
        {
            var start = _hosted[1].StartAsync(CancellationToken.None);
            _log.MayBeMade.SetException(new InvalidOperationException("no silo"));

            Assert.Equal("no silo", (await Assert.ThrowsAsync<InvalidOperationException>(() => start)).Message);
            await _hosted[1].StopAsync(CancellationToken.None);
        }

        [Fact]
        public async Task What_was_never_started_is_not_made_to_be_stopped()
        {
            await _hosted[1].StopAsync(CancellationToken.None);
            Assert.Empty(_log.Steps);
        }

        private class Before : IHostedService
        {
            public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

            public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        }

        private sealed class After : Before;
    }
}

namespace Orleans.Hosting
{
    /// <summary>Has the name of Orleans' own, and is made when a test says so.</summary>
    internal sealed class SiloHostedService : IHostedService
    {
        private readonly Log _log;

        public SiloHostedService(Log log)
        {
            // Where it is made on the thread that starts the others, nobody ever lets it.
            log.MayBeMade.Task.WaitAsync(TimeSpan.FromSeconds(20)).GetAwaiter().GetResult();
            log.Add("made");
            _log = log;
        }

        public Task StartAsync(CancellationToken cancellationToken) => _log.Add("started");

        public Task StopAsync(CancellationToken cancellationToken) => _log.Add("stopped");

        public sealed class Log
        {
            private readonly List<string> _steps = [];

            public TaskCompletionSource MayBeMade { get; } = new();

            public IReadOnlyList<string> Steps
            {
                get { lock (_steps) return [.. _steps]; }
            }

            public Task Add(string step)
            {
                lock (_steps) _steps.Add(step);
                return Task.CompletedTask;
            }
        }
    }
}
