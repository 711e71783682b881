# The server as one static binary, beside the ffmpeg it transcodes videos with. Runs as an ordinary user.
ARG GO_IMAGE=golang
ARG GO_TAG=1.26-bookworm
ARG RUNTIME_IMAGE=debian
ARG RUNTIME_TAG=bookworm-slim

FROM ${GO_IMAGE}:${GO_TAG} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG VERSION=unknown
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -tags nomsgpack -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /huotang ./app

FROM ${RUNTIME_IMAGE}:${RUNTIME_TAG}
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates ffmpeg \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --home-dir /var/lib/huotang --create-home --shell /usr/sbin/nologin huotang
COPY --from=build /huotang /huotang

USER 10001:10001
WORKDIR /var/lib/huotang
VOLUME /var/lib/huotang
ENV HUOTANG_LISTEN=:8080
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 CMD ["/huotang", "health"]
ENTRYPOINT ["/huotang"]
