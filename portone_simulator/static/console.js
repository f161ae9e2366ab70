"use strict";

// Every button and form names its method, path and body in data attributes; the page is loaded anew afterwards, so that
// what it shows is always what the simulator says.

async function send(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (answer.ok) {
    location.reload();
    return;
  }
  const problem = await answer.json();
  const details = problem.fields ? ` ${JSON.stringify(problem.fields)}` : "";
  document.getElementById("notice").textContent = (problem.error || problem.error_msg) + details;
}

function asked(button) {
  if (!button.dataset.ask) return {};
  const answer = prompt("취소할 금액 Amount to cancel", button.dataset.most);
  return answer === null ? null : { [button.dataset.ask]: Number(answer) };
}

function filled(form) {
  const body = {};
  for (const field of form.elements) {
    if (!field.name || field.value === "") continue;
    body[field.name] = field.type === "number" ? Number(field.value) : field.value;
  }
  return form.dataset.list ? { [form.dataset.list]: [body] } : body;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-path]");
  if (!button) return;
  event.preventDefault();
  const body = button.dataset.body ? JSON.parse(button.dataset.body) : asked(button);
  if (body !== null) send(button.dataset.method, button.dataset.path, body);
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  send(form.dataset.method, form.dataset.path, filled(form));
});
