"""The shared RAG workload of scenarios/rag.yaml, written for the real Locust.

Tests run both against one server and compare. RAG_WAIT_SCALE (default 1) multiplies the wait time, so that a test need
not last minutes: 0.01 makes "one to three seconds" ten to thirty milliseconds.
"""

import os
import random

from locust import HttpUser, between, task

WAIT_SCALE = float(os.environ.get("RAG_WAIT_SCALE", "1"))

QUESTIONS = [
    "What is vector similarity search?",
    "How does chunk size change the quality of retrieval?",
    "When should a reranker be used?",
    "What is the difference between BM25 and dense retrieval?",
    "How are citations added to a generated answer?",
    "Why do language models hallucinate?",
]


class RagUser(HttpUser):
    """One person who asks, looks things up, and now and then reloads the page."""

    wait_time = between(1 * WAIT_SCALE, 3 * WAIT_SCALE)

    @task(10)
    def query(self):
        self.client.post("/query", json={"query": random.choice(QUESTIONS), "top_k": 5})

    @task(3)
    def retrieval(self):
        params = {"query": random.choice(QUESTIONS), "limit": 5}
        self.client.get("/retrieval", params=params, name="/retrieval")

    @task(1)
    def health(self):
        self.client.get("/health")
