# One image for every process of the product but nginx, PostgreSQL and Redis. Node.js stays in the first stage.
FROM python:3.12-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/feedforward
COPY requirements/ requirements/
RUN python -m venv /opt/venv && /opt/venv/bin/python -m pip install --quiet --require-hashes -r requirements/base.txt
COPY package.json package-lock.json .npmrc ./
COPY scripts/ scripts/
COPY static/ static/
# Node.js comes as a Python package beside this stage's own Python, not into the environment that is taken along.
RUN python scripts/assets.py
COPY locale/ locale/
COPY templates/ templates/
COPY accounts/ accounts/
COPY outbox/ outbox/
COPY reinforcement/ reinforcement/
COPY dashboards/ dashboards/
COPY config/ config/
COPY deploy/gunicorn.conf.py deploy/uvicorn-logs.json deploy/
COPY manage.py ./
RUN /opt/venv/bin/python scripts/messages.py compile
# Collecting needs settings and no secret: the demo's mode makes a key of its own, in a directory that stays behind.
RUN DEMO=1 DATA_DIR=/tmp/collect STATIC_ROOT=/srv/feedforward/staticfiles /opt/venv/bin/python manage.py collectstatic --noinput -v0
RUN /opt/venv/bin/python -m compileall -q accounts config dashboards outbox reinforcement
RUN rm -rf node_modules requirements scripts package.json package-lock.json .npmrc

FROM python:3.12-slim-trixie
# `manage.py backup` and `restore` call the client programs of the database's own release.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client-17 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin feedforward \
    && install -d -o feedforward -g feedforward /data /backups
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/feedforward /srv/feedforward
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data STATIC_ROOT=/srv/feedforward/staticfiles
WORKDIR /srv/feedforward
USER 10001
VOLUME /data /backups
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py"]
