/** The screen of an empty store, in place of list, centre and inspector; null: the list says that there is nothing yet. */
import type { ComponentType } from 'react';

export const FIRST_RUN: ComponentType | null = null as ComponentType | null;
