"""Faults on the way to a provider and back: which route, how often, and what came of it."""

from tests.mutants.mutating import mutant

AGENT = "tests/integration/test_agent.py::"
FAILURES = "tests/integration/test_agent_failures.py::"
CONFIG = "tests/integration/test_config_file.py::"

MUTANTS = (
    mutant(
        "a drift of the provider or the model holds nothing",
        "tests/unit/test_judge.py",
        (
            "scheduler/drift.py",
            "    if not job.kind.guarded:\n        return ()\n",
            "    return ()\n",
        ),
    ),
    mutant(
        "another address behind the same name holds nothing",
        "tests/unit/test_judge.py",
        (
            "scheduler/drift.py",
            "        if consented is not None and consented != resolved:\n            yield",
            "        if False:\n            yield",
        ),
    ),
    mutant(
        "a redirect is followed",
        f"{FAILURES}test_a_redirect_is_refused_and_its_target_hears_nothing",
        (
            "scheduler/providers/exchange.py",
            "        response = await self._wire.handle_async_request(request)\n",
            "        response = await self._wire.handle_async_request(request)\n"
            "        if response.is_redirect:\n"
            "            moved = httpx2.Request(\n"
            '                "POST",\n'
            '                response.headers["location"],\n'
            "                headers=self._headers(),\n"
            "                content=await request.aread(),\n"
            "                extensions=request.extensions,\n"
            "            )\n"
            "            await response.aclose()\n"
            "            response = await self._wire.handle_async_request(moved)\n",
        ),
    ),
    mutant(
        "the SDK repeats what failed, and nothing below it forbids that",
        f"{FAILURES}test_a_failure_is_told_for_what_it_is_and_never_repeated",
        (
            "scheduler/providers/models.py",
            "max_tokens=max_tokens, max_retries=0, timeout=",
            "max_tokens=max_tokens, max_retries=2, timeout=",
        ),
        (
            "scheduler/providers/models.py",
            "api_key=PLACEHOLDER, max_retries=0, http_client=client",
            "api_key=PLACEHOLDER, max_retries=2, http_client=client",
        ),
        (
            "scheduler/providers/exchange.py",
            "        if self.failure is not None:\n            raise self.failure\n",
            "",
        ),
        (
            "scheduler/providers/exchange.py",
            "if self.asked >= self._limit:",
            "if self.answered >= self._limit:",
        ),
    ),
    mutant(
        "a request leaves after one that failed",
        "tests/integration/test_exchange.py::test_after_a_failure_nothing_more_leaves",
        (
            "scheduler/providers/exchange.py",
            "        if self.failure is not None:\n            raise self.failure\n",
            "",
        ),
    ),
    mutant(
        "a request leaves without asking the gate",
        "tests/integration/test_agent_gate.py::"
        "test_a_shut_gate_lets_nothing_out_and_comes_through_unchanged",
        ("scheduler/providers/exchange.py", "        await self._gate(self.asked + 1)\n", ""),
    ),
    mutant(
        "a call that took too long counts as never sent",
        "tests/unit/test_call_errors.py::test_only_what_certainly_never_left_is_not_sent",
        (
            "scheduler/providers/call_errors.py",
            "if isinstance(error, _NEVER_SENT):",
            "if isinstance(error, (*_NEVER_SENT, TimeoutError, httpx2.TimeoutException)):",
        ),
    ),
    mutant(
        "nobody compares the model that answered",
        "tests/unit/test_served.py::test_every_contradiction_is_told_with_both_its_sides",
        (
            "scheduler/served.py",
            "if model is not None and not same_model(asked, model, terms.aliases):",
            "if False:",
        ),
    ),
    mutant(
        "an answer may be as long as the provider likes",
        f"{AGENT}test_the_request_asks_for_the_model_and_bounds_the_answer",
        (
            "scheduler/providers/models.py",
            "max_tokens=max_tokens, max_retries=0, timeout=",
            "max_retries=0, timeout=",
        ),
    ),
    mutant(
        "what answers on this machine is free whatever the operator says it bills",
        "tests/unit/test_pricing.py::test_billing_beats_every_other_rule",
        (
            "scheduler/providers/pricing.py",
            "    if provider.billing is not None:\n        return provider.billing,",
            "    if provider.billing is not None and not is_loopback(endpoint):\n"
            "        return provider.billing,",
        ),
    ),
    mutant(
        "what nobody knows the price of counts as free",
        "tests/unit/test_pricing.py::test_what_is_unknown_counts_as_spending",
        (
            "scheduler/route.py",
            "return self in (PriceClass.PAID, PriceClass.UNKNOWN)",
            "return self is PriceClass.PAID",
        ),
    ),
    mutant(
        "a half-written config is believed",
        f"{CONFIG}test_a_cut_config_says_that_it_is_half_written",
        (
            "bot/settings/config_file.py",
            "if self._good is not None and is_cut(reading.content, self._good.content):",
            "if False:",
        ),
    ),
    mutant(
        "a config is believed as soon as it is there",
        f"{CONFIG}test_a_changed_file_counts_once_it_has_stood_for_two_seconds",
        (
            "bot/settings/config_file.py",
            "            if counts_at <= now:\n",
            "            if True:\n",
        ),
    ),
)
