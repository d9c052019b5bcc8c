# Two stages: what builds stays behind. No index is named: pip uses the one it is configured with.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/zhenwei
COPY requirements.lock ./
RUN /opt/zhenwei/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY features features
COPY models models
COPY training training
COPY service service
RUN /opt/zhenwei/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
 && /opt/zhenwei/bin/pip uninstall --yes --quiet hatchling editables

FROM python:3.11-slim-bookworm
# libgomp: LightGBM's threads.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --create-home --home-dir /var/lib/zhenwei zhenwei
COPY --from=build /opt/zhenwei /opt/zhenwei
ENV PATH=/opt/zhenwei/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ZHENWEI_HOME=/var/lib/zhenwei
USER zhenwei
VOLUME /var/lib/zhenwei
EXPOSE 8080
# Beyond this machine keys are asked for: `docker compose run --rm service key create …` makes the first one.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ.get('ZHENWEI_PORT', '8080') + '/readyz', timeout=4)"]
ENTRYPOINT ["zhenwei"]
CMD ["serve", "--host", "0.0.0.0"]
