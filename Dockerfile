# One image for every environment. Builds with access to the Python package index and nothing else:
#   docker build -t calminer .                    what installations run
#   docker build -t calminer:test --target test . the same packages with the tests and what they need
ARG PYTHON_IMAGE=python:3.13-slim-trixie

FROM ${PYTHON_IMAGE} AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /app --shell /usr/sbin/nologin calminer
WORKDIR /app

FROM base AS builder
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_PYTHON=/usr/local/bin/python3
COPY scripts/uv-requirements.txt scripts/
RUN --mount=type=cache,target=/root/.cache \
    python3 -m venv /opt/uv && /opt/uv/bin/pip install --quiet --require-hashes -r scripts/uv-requirements.txt
COPY pyproject.toml uv.lock ./
RUN --mount=type=cache,target=/root/.cache /opt/uv/bin/uv sync --quiet --locked && rm .venv/.lock

# Compiles the engine's kernel for any processor of this kind. The compiler is a package and stays here.
FROM builder AS kernel
COPY app/__init__.py app/
COPY app/engine/__init__.py app/engine/
COPY app/engine/native app/engine/native
COPY scripts/build_kernel.py scripts/
RUN --mount=type=cache,target=/root/.cache \
    UV_PROJECT_ENVIRONMENT=/opt/kernel /opt/uv/bin/uv sync --quiet --locked --only-group kernel \
    && PYTHONPATH=$(echo /opt/kernel/lib/python3*/site-packages) \
    .venv/bin/python scripts/build_kernel.py --required --with zig

# Runs the suite: docker run --rm calminer:test   (as root, or with --user 10001)
FROM builder AS test
# Workers that the tests start would each compile the application again.
ENV PYTHONDONTWRITEBYTECODE=
RUN --mount=type=cache,target=/root/.cache \
    /opt/uv/bin/uv sync --quiet --locked --extra embedded --group test --group lint
# A new volume for uv's cache belongs to whoever the folder under it belongs to.
RUN chown calminer:calminer /app && install -d -o calminer -g calminer /cache
COPY --chown=10001:10001 . .
COPY --from=kernel --chown=10001:10001 /app/app/engine/native/*.so app/engine/native/
CMD [".venv/bin/python", "-m", "pytest", "--numprocesses", "auto", "--maxprocesses", "4"]

FROM base AS runtime
COPY --from=builder /app/.venv .venv
COPY LICENSE NOTICE alembic.ini main.py pyproject.toml ./
COPY app app
COPY --from=kernel /app/app/engine/native/*.so app/engine/native/
COPY scripts/setup_database.py scripts/run_migrations.py scripts/prove_engine.py scripts/
COPY static static
COPY templates templates
# The files cannot be written while the image runs, so what is not compiled here is compiled at every start.
RUN .venv/bin/python -m compileall -q --invalidation-mode unchecked-hash main.py app scripts
USER 10001:10001
ENV PATH=/app/.venv/bin:$PATH PORT=8000
EXPOSE 8000
# Liveness only: a database that is away is no reason to restart.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["python", "-c", \
    "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/health', timeout=2)"]
CMD ["sh", "-c", "exec uvicorn main:app --host 0.0.0.0 --port \"$PORT\""]
