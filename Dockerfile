# Tirage in a small image: `docker build -t tirage .`

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv --without-pip /opt/tirage
# The parts first: they change less often than our code, so this layer is kept.
COPY requirements.txt /source/
# Wheels only, so that nothing needs a compiler; python-wordpress-xmlrpc comes as plain Python source alone.
RUN python -m pip --python /opt/tirage/bin/python install --require-hashes \
    --only-binary :all: --no-binary python-wordpress-xmlrpc -r /source/requirements.txt
COPY pyproject.toml README.md LICENSE /source/
COPY wp_bridge /source/wp_bridge
COPY service /source/service
RUN python -m pip --python /opt/tirage/bin/python install --no-deps /source

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin tirage \
    && install --directory --owner tirage --group tirage --mode 0700 /data
COPY --from=build /opt/tirage /opt/tirage
ENV PATH=/opt/tirage/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    BIND=0.0.0.0:8000 \
    DATABASE_URL=sqlite:////data/tirage.sqlite3
USER tirage
WORKDIR /data
VOLUME /data
EXPOSE 8000
# http.client rather than urllib, which would ask a proxy from the environment.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
CMD ["tirage", "run"]
