# The service for amd64 and arm64:
#   docker buildx build --platform linux/amd64,linux/arm64 --tag id-generator .
#   docker run --publish 8080:8080 --env WORKER_ID=1 --volume ids:/data id-generator

# The compiler runs on the building machine, for whatever machine the image is meant: nothing is emulated.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
ARG TARGETARCH
# tini is process 1 of the container. Linux drops a SIGTERM that process 1 has no handler for, and .NET has none until the host starts:
# a container that is stopped in its first half second, or first seconds on a busy machine, would live on until it is killed. tini passes
# signals on from its first millisecond, and the program's exit code back. The package is that of the machine the image is meant for;
# Ubuntu keeps those of amd64 on a server of their own.
RUN case "$TARGETARCH" in amd64) server=archive.ubuntu.com/ubuntu/ ;; *) server=ports.ubuntu.com/ubuntu-ports/ ;; esac \
 && find /etc/apt -name '*.sources' -exec sed -i -E "s#(archive|security|ports)\.ubuntu\.com/ubuntu(-ports)?/#$server#" {} + \
 && for step in update "download tini"; do apt-get -qq -o APT::Architecture="$TARGETARCH" -o APT::Architectures="$TARGETARCH" $step; done \
 && dpkg-deb --extract tini_*.deb /tini
WORKDIR /source
COPY . .
# The version of the image, which the program tells in id_generator_build_info; that of Directory.Build.props if empty.
ARG VERSION=
# ReadyToRun, because a pod that starts late is a worker ID that is missing. Not trimmed: Orleans finds types by reflection.
RUN dotnet publish src/Silo --configuration Release --os linux --arch "$TARGETARCH" --no-self-contained --output /app \
    -p:RestoreLockedMode=true -p:PublishReadyToRun=true -p:DebugType=none -p:GenerateDocumentationFile=false ${VERSION:+-p:Version="$VERSION"}
RUN mkdir /data

# Chiseled: no shell, no package manager, and a user of its own.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
ARG VERSION=
ARG REVISION=
ARG SOURCE=
LABEL org.opencontainers.image.title="id-generator" \
      org.opencontainers.image.description="Snowflake IDs over HTTP, never the same one twice" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.source="$SOURCE"
# The base image sets a port; ours is PORT. Outside Kubernetes the worker's record is a file in DATA_DIR: give it a volume with
# a name. None is declared here: each container would get one of its own, and with it a record of its own.
ENV ASPNETCORE_HTTP_PORTS= \
    DATA_DIR=/data
COPY --from=build /tini/usr/bin/tini-static /tini
COPY --from=build --chown=1654:1654 /data /data
COPY --from=build /app /app
USER 1654:1654
EXPOSE 8080 11111 30000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["/app/IdGenerator.Silo", "--health"]
ENTRYPOINT ["/tini", "-s", "--", "/app/IdGenerator.Silo"]
