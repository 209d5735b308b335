# The image that every service of docker-compose.yml runs: Python, the locked packages, this repository.
FROM python:3.11-slim-bookworm

# curl: the health checks.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends curl \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/tasuki

# Packages first: they change less often than the code.
COPY requirements.lock docker/celery.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock

# "celery" for the workers of docker-compose.celery.yml.
ARG EXTRA=""
RUN test -z "$EXTRA" || pip install --no-cache-dir --no-deps --require-hashes -r "$EXTRA.lock"

COPY . .
# Editable, so that the DAGs and the plugin are found beside the code.
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable .

USER 50000:0
CMD ["tasuki", "--help"]
