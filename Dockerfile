# The image: this program, the shared objects it needs, and nothing else. deploy/README.md says how to use it.
# There is no syntax line, because it would pull an image to build this one.
ARG DEBIAN_RELEASE=trixie

# The build dependencies. They do not depend on the sources, so this stage is built once.
FROM debian:${DEBIAN_RELEASE}-slim AS dependencies
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        g++ cmake ninja-build libboost-dev prometheus-cpp-dev libspdlog-dev nlohmann-json3-dev libcli11-dev && \
    rm -rf /var/lib/apt/lists/*
WORKDIR /checkout

# Compiles everything, the sources of a folder at once, without the revision: a new commit that changes no source
# reuses this stage.
FROM dependencies AS compiled
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY docs/runbook.md docs/
COPY src src
RUN cmake --preset release -DTHREADECHO_TESTS=OFF -DTHREADECHO_REVISION=unknown && \
    cmake --build --preset release --target threadecho

# docker build --target test . runs every test. BuildKit leaves this stage out unless it is asked for.
FROM compiled AS test
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        libgtest-dev libgmock-dev libbenchmark-dev && \
    rm -rf /var/lib/apt/lists/*
COPY .env.example ./
COPY docs docs
COPY bench bench
COPY tests tests
RUN cmake --preset release -DTHREADECHO_TESTS=ON && cmake --build --preset release && ctest --preset release

# One file is compiled again, for the revision: that of the argument, or else of the checkout. The pattern is for what has
# no .git, such as a tarball or a worktree; LICENSE is there so that something is copied in any case.
FROM compiled AS build
COPY LICENSE ./
COPY deploy/image/collect.sh deploy/image/
COPY LICENSE .gi[t] .git/
ARG REVISION
RUN cmake --preset release -DTHREADECHO_REVISION="$REVISION" && \
    cmake --build --preset release --target threadecho && \
    sh deploy/image/collect.sh build/release/threadecho /image

FROM scratch
COPY --from=build /image /
ARG REVISION
ARG CREATED
# As in CMakeLists.txt: the check called docker compares it with the program.
ARG VERSION=0.2.0
LABEL org.opencontainers.image.title="threadecho" \
      org.opencontainers.image.description="TCP echo server that gives every client its own thread and shows what those threads do" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="${REVISION:-unknown}" \
      org.opencontainers.image.created="$CREATED"
ENV PATH=/usr/bin
USER 65532:65532
EXPOSE 9000 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["threadecho", "healthcheck"]
ENTRYPOINT ["threadecho"]
