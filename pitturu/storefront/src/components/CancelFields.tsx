"use client";

import { Field, Select } from "./Field.js";
import { BANKS } from "../i18n/banks.js";
import { useLanguage, useWords } from "../i18n/language.js";
import { type Draft, leftIn, type ReturnableLine, wayText, type Wrong } from "../services/cancelDraft.js";

export interface CancelFieldsProps {
  draft: Draft;
  wrong: Wrong;
  onChange: (draft: Draft) => void;
}

/** How many pieces of a line come back; or why none of them can. */
export function Pieces({ line, alone, draft, wrong, onChange }: CancelFieldsProps & { line: ReturnableLine; alone: boolean }) {
  const words = useWords();
  if (line.way === "none") {
    return (
      <p className="pt-small">
        {line.item_name}: {wayText(words, line)}
      </p>
    );
  }
  return (
    <Field
      label={alone ? words.cancel.pieces : words.cancel.piecesOf(line.item_name, leftIn(line))}
      hint={alone ? undefined : wayText(words, line) || undefined}
      name="pieces"
      inputMode="numeric"
      maxLength={9}
      value={draft.pieces[line.line_id] ?? ""}
      error={wrong[line.line_id]}
      onChange={(typed) => onChange({ ...draft, pieces: { ...draft.pieces, [line.line_id]: typed } })}
    />
  );
}

/** The bank account that the money is transferred to. */
export function RefundAccountFields({ tel, draft, wrong, onChange }: CancelFieldsProps & { tel: boolean }) {
  const words = useWords();
  const { language } = useLanguage();
  const banks = BANKS.map(([code, ko, en]) => [code, language === "ko" ? ko : en] as const);
  return (
    <fieldset className="pt-group">
      <legend>{words.cancel.account}</legend>
      <p className="pt-small">{words.cancel.accountWhy}</p>
      <Select
        label={words.cancel.bank}
        name="bank"
        value={draft.bank}
        error={wrong.bank}
        choices={[["", words.cancel.choose], ...banks]}
        onChange={(bank) => onChange({ ...draft, bank: bank as Draft["bank"] })}
      />
      <Field
        label={words.cancel.number}
        name="number"
        inputMode="numeric"
        autoComplete="off"
        maxLength={30}
        value={draft.number}
        error={wrong.number}
        onChange={(number) => onChange({ ...draft, number })}
      />
      <Field
        label={words.cancel.holder}
        name="holder"
        autoComplete="name"
        maxLength={16}
        value={draft.holder}
        error={wrong.holder}
        onChange={(holder) => onChange({ ...draft, holder })}
      />
      {tel && (
        <Field
          label={words.cancel.tel}
          name="tel"
          inputMode="tel"
          autoComplete="tel"
          maxLength={20}
          value={draft.tel}
          error={wrong.tel}
          onChange={(value) => onChange({ ...draft, tel: value })}
        />
      )}
    </fieldset>
  );
}
