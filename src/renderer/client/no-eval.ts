/** The content policy forbids code made from text; zod is told before it tries. Import it before any schema. */
import { z } from 'zod';

z.config({ jitless: true });
